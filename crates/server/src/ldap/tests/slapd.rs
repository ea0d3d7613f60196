// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! OpenLDAP's server as Debian ships it, in a temporary folder and on a free port; gone when it is dropped. The system's
//! service has no part in it: the program is started from a copy, which no profile of the system confines.

use std::fmt::Write as _;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ldap3::{Ldap, LdapConnAsync};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::certificates;

pub const BASE: &str = "dc=stadt,dc=example";
pub const ADMIN: &str = "cn=admin,dc=stadt,dc=example";
pub const READER: &str = "cn=reader,dc=stadt,dc=example";
/// Gets at most 100 entries, and no pages.
pub const SHORT: &str = "cn=short,dc=stadt,dc=example";
pub const PASSWORD: &str = "vier Woerter, lang genug";

/// A person in a directory.
#[derive(Debug, Clone)]
pub struct Who {
    pub uid: String,
    pub name: String,
    /// Of organisational units below `ou=people`, nearest first: `ou=Streife,ou=Ordnungsamt`.
    pub place: String,
    pub title: Option<String>,
}

pub fn who(uid: &str, name: &str, place: &str) -> Who {
    Who {
        uid: uid.to_owned(),
        name: name.to_owned(),
        place: place.to_owned(),
        title: None,
    }
}

pub fn dn(uid: &str, place: &str) -> String {
    if place.is_empty() {
        format!("uid={uid},ou=people,{BASE}")
    } else {
        format!("uid={uid},{place},ou=people,{BASE}")
    }
}

/// A line of LDIF, whatever the value.
fn line(text: &mut String, attribute: &str, value: &str) {
    if value.is_ascii() {
        writeln!(text, "{attribute}: {value}").unwrap();
    } else {
        writeln!(text, "{attribute}:: {}", data_encoding::BASE64.encode(value.as_bytes())).unwrap();
    }
}

/// So many people of one place.
pub fn many(count: usize, place: &str) -> Vec<Who> {
    (0..count)
        .map(|number| who(&format!("u{number:05}"), &format!("Person {number:05}"), place))
        .collect()
}

fn ldif(units: &[&str], people: &[Who], groups: &[(&str, &[String])]) -> String {
    let mut text = format!(
        "dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: Stadt\ndc: stadt\n\n\
         dn: ou=people,{BASE}\nobjectClass: organizationalUnit\nou: people\n\n\
         dn: ou=groups,{BASE}\nobjectClass: organizationalUnit\nou: groups\n\n"
    );
    for name in ["reader", "short"] {
        write!(
            text,
            "dn: cn={name},{BASE}\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: {name}\n\
             userPassword: {PASSWORD}\n\n"
        )
        .unwrap();
    }
    for unit in units {
        let name = unit.split(',').next().unwrap().trim_start_matches("ou=");
        line(&mut text, "dn", &format!("{unit},ou=people,{BASE}"));
        text.push_str("objectClass: organizationalUnit\n");
        line(&mut text, "ou", name);
        text.push('\n');
    }
    for Who {
        uid,
        name,
        place,
        title,
    } in people
    {
        let (given, family) = name.rsplit_once(' ').unwrap_or(("", name));
        line(&mut text, "dn", &dn(uid, place));
        text.push_str("objectClass: inetOrgPerson\n");
        line(&mut text, "uid", uid);
        line(&mut text, "cn", name);
        line(&mut text, "sn", family);
        if !given.is_empty() {
            line(&mut text, "givenName", given);
        }
        if let Some(title) = title {
            line(&mut text, "title", title);
        }
        text.push('\n');
    }
    for (name, members) in groups {
        write!(
            text,
            "dn: cn={name},ou=groups,{BASE}\nobjectClass: groupOfNames\ncn: {name}\n"
        )
        .unwrap();
        for member in *members {
            writeln!(text, "member: {member}").unwrap();
        }
        text.push('\n');
    }
    text
}

/// A running slapd.
pub struct Slapd {
    _folder: tempfile::TempDir,
    child: Arc<Mutex<Child>>,
    pub port: u16,
    pub tls_port: u16,
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl Drop for Slapd {
    fn drop(&mut self) {
        stop(&self.child);
    }
}

fn stop(child: &Mutex<Child>) {
    let mut child = child.lock().unwrap();
    // It may be gone already.
    drop(child.kill());
    drop(child.wait());
}

impl Slapd {
    /// Starts one that knows these.
    pub async fn with(units: &[&str], people: &[Who], groups: &[(&str, &[String])]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        let program = at.join("slapd");
        std::fs::copy("/usr/sbin/slapd", &program).expect("slapd is installed: cargo xtask setup");
        std::fs::create_dir(at.join("data")).unwrap();
        for (name, text) in [
            ("ca.pem", certificates::CA),
            ("server.pem", certificates::CERTIFICATE),
            ("server.key", certificates::KEY),
            ("people.ldif", &ldif(units, people, groups)),
        ] {
            std::fs::write(at.join(name), text).unwrap();
        }
        let place = at.display();
        let config = format!(
            "include /etc/ldap/schema/core.schema\ninclude /etc/ldap/schema/cosine.schema\n\
             include /etc/ldap/schema/inetorgperson.schema\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\n\
             TLSCACertificateFile {place}/ca.pem\nTLSCertificateFile {place}/server.pem\n\
             TLSCertificateKeyFile {place}/server.key\n\
             database mdb\nsuffix \"{BASE}\"\nrootdn \"{ADMIN}\"\nrootpw \"{PASSWORD}\"\ndirectory {place}/data\n\
             maxsize 268435456\ndbnosync\n\
             limits dn.exact=\"{READER}\" size.soft=500 size.hard=500 size.prtotal=unlimited\n\
             limits dn.exact=\"{SHORT}\" size=100 size.prtotal=disabled\n\
             access to attrs=userPassword by anonymous auth\naccess to * by users read\n"
        );
        std::fs::write(at.join("slapd.conf"), config).unwrap();
        let done = Command::new(&program)
            .args(["-T", "add", "-q", "-f"])
            .arg(at.join("slapd.conf"))
            .arg("-l")
            .arg(at.join("people.ldif"))
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        // Another program may take a port in between: then it is another one.
        for _ in 0..20 {
            let (port, tls_port) = (free_port(), free_port());
            if let Some(child) = start(&program, &at.join("slapd.conf"), port, tls_port).await {
                let child = Arc::new(Mutex::new(child));
                return Self {
                    _folder: folder,
                    child,
                    port,
                    tls_port,
                };
            }
        }
        panic!("slapd does not start");
    }

    /// Settings that fit it.
    pub fn settings(&self) -> Value {
        json!({"kind": "openldap", "url": format!("ldap://127.0.0.1:{}", self.port), "start_tls": false,
            "bind_dn": READER, "base": format!("ou=people,{BASE}"), "unit": {"from": "place"},
            "groups": {"base": format!("ou=groups,{BASE}")}})
    }

    pub fn ca() -> &'static str {
        certificates::CA
    }

    /// Changes it.
    pub async fn admin(&self) -> Ldap {
        let url = format!("ldap://127.0.0.1:{}", self.port);
        let (driver, mut ldap) = LdapConnAsync::new(&url).await.unwrap();
        tokio::spawn(async move {
            driver.drive().await.unwrap();
        });
        ldap.simple_bind(ADMIN, PASSWORD).await.unwrap().success().unwrap();
        ldap
    }

    /// Kills it as soon as it has said so many bytes. Returns the port to ask at.
    pub async fn dying_after(&self, bytes: usize) -> u16 {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (child, slapd) = (Arc::clone(&self.child), self.port);
        tokio::spawn(async move {
            let (client, _) = listener.accept().await.unwrap();
            let server = tokio::net::TcpStream::connect(("127.0.0.1", slapd)).await.unwrap();
            let (mut from_client, mut to_client) = client.into_split();
            let (mut from_server, mut to_server) = server.into_split();
            tokio::spawn(async move {
                // It ends with either side.
                drop(tokio::io::copy(&mut from_client, &mut to_server).await);
            });
            let mut said = 0;
            let mut buffer = vec![0; 1_024];
            while said < bytes {
                let count = from_server.read(&mut buffer).await.unwrap_or(0);
                if count == 0 {
                    break;
                }
                said += count;
                if to_client.write_all(&buffer[..count]).await.is_err() {
                    break;
                }
            }
            stop(&child);
        });
        port
    }
}

async fn start(program: &std::path::Path, config: &std::path::Path, port: u16, tls_port: u16) -> Option<Child> {
    let mut child = Command::new(program)
        .arg("-f")
        .arg(config)
        .arg("-h")
        .arg(format!("ldap://127.0.0.1:{port} ldaps://127.0.0.1:{tls_port}"))
        // Not into the background.
        .args(["-d", "0"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    loop {
        if tokio::net::TcpStream::connect(("127.0.0.1", tls_port)).await.is_ok() {
            return Some(child);
        }
        if child.try_wait().unwrap().is_some() {
            return None;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
