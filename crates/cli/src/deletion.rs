// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! `melder verify-deletion`: are these deletion records whole, and did this organisation sign them? It needs the file alone: no
//! server, no network, no profile.
//!
//! ```text
//! file ─▶ JSON ─▶ each record ─▶ `signed` (CBOR) ─▶ signature ─▶ same as what is there to be read? ─▶ the key that is meant?
//! ```
//!
//! A record says what went with which account, when and why; it names nobody. Who of the administration did it stands in the
//! audit log.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use clap::Args;
use melder_mls::sign::{StatementError, fingerprint, verify_statement};
use melder_protocol::deletion::DeletionRecord;
use melder_protocol::signed::Signed;
use melder_protocol::{PublicKey, cbor};
use serde::Serialize;
use serde_json::Value;

use crate::args::Global;
use crate::error::{CliError, Exit, Local};
use crate::output::{self, line, note, safe_line};
use crate::{t, times};

#[derive(Debug, Args)]
pub struct VerifyDeletionArgs {
    #[arg(value_name = "PATH")]
    pub file: PathBuf,
    #[arg(long, value_name = "KEY|PATH")]
    pub key: Option<String>,
}

/// Whose signature is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Pin {
    Key(PublicKey),
    /// The thirty digits that the app and the letters show.
    Digits(String),
}

impl Pin {
    /// Digits or a key as typed, or a file that holds one: also one that the Leitstand or the API gave out.
    fn read(text: &str) -> Result<Self, CliError> {
        let bad = || CliError::new(Local::BadKey).with("key", text);
        if let Some(pin) = Self::typed(text) {
            return Ok(pin);
        }
        let kept = std::fs::read_to_string(text).map_err(|_| bad())?;
        if let Some(pin) = Self::typed(&kept) {
            return Ok(pin);
        }
        let json: Value = serde_json::from_str(&kept).map_err(|_| bad())?;
        let of = |value: &Value| value.get("key").and_then(Value::as_str).and_then(Self::typed);
        of(&json)
            .or_else(|| json.get("organisation").and_then(of))
            .ok_or_else(bad)
    }

    fn typed(text: &str) -> Option<Self> {
        let plain: String = text
            .chars()
            .filter(|letter| !letter.is_whitespace() && !matches!(letter, ':' | '-'))
            .collect();
        if plain.len() == 30 && plain.bytes().all(|byte| byte.is_ascii_digit()) {
            return Some(Self::Digits(plain));
        }
        plain.parse().ok().map(Self::Key)
    }

    fn is(&self, key: &PublicKey) -> bool {
        match self {
            Self::Key(pinned) => pinned == key,
            Self::Digits(digits) => fingerprint(key).replace(' ', "") == *digits,
        }
    }
}

/// A record that is what it says.
#[derive(Debug, Serialize)]
struct Proved {
    #[serde(flatten)]
    record: DeletionRecord,
    key: PublicKey,
    fingerprint: String,
    /// Was the key the one that was named?
    key_checked: bool,
}

/// # Errors
/// When the file can't be read, holds no record, or one of them is not what it says.
pub fn run(global: &Global, args: &VerifyDeletionArgs) -> Result<Exit, CliError> {
    let pin = args.key.as_deref().map(Pin::read).transpose()?;
    let text = std::fs::read_to_string(&args.file).map_err(|error| {
        CliError::new(Local::FileUnreadable)
            .with("path", args.file.display().to_string())
            .with("detail", error.to_string())
    })?;
    let file = parse(&text, &args.file)?;
    let proved = prove(&file, &args.file, pin.as_ref())?;
    let name = named(&file, &proved).map_err(|error| error.with("path", args.file.display().to_string()))?;
    if global.json {
        output::json(&proved);
        return Ok(Exit::Ok);
    }
    show(&proved, name);
    Ok(Exit::Ok)
}

/// What the file calls the organisation. Nobody signed that; so at least it is the one of these records.
fn named<'f>(file: &'f Value, proved: &[Proved]) -> Result<Option<&'f str>, CliError> {
    let Some(organisation) = file.get("organisation").filter(|organisation| organisation.is_object()) else {
        return Ok(None);
    };
    let fits = proved.iter().all(|one| {
        let signed = [
            ("id", serde_json::to_value(one.record.organisation)),
            ("key", serde_json::to_value(one.key)),
        ];
        let same = |(name, signed): (&str, serde_json::Result<Value>)| {
            signed.is_ok_and(|signed| organisation.get(name) == Some(&signed))
        };
        // The digits are what people compare.
        let digits = organisation.get("fingerprint");
        signed.into_iter().all(same) && digits.is_none_or(|digits| digits.as_str() == Some(one.fingerprint.as_str()))
    });
    if fits {
        Ok(organisation.get("name").and_then(Value::as_str))
    } else {
        Err(CliError::new(Local::DeletionRecordChanged).with("field", "organisation"))
    }
}

fn parse(text: &str, path: &Path) -> Result<Value, CliError> {
    serde_json::from_str(text).map_err(|error| {
        let code = if error.is_eof() {
            Local::DeletionRecordCut
        } else {
            Local::NoDeletionRecord
        };
        CliError::new(code).with("path", path.display().to_string())
    })
}

/// A file of one record, or of many: as the Leitstand saves them, as the API lists them, as `melder admin --json` prints them.
fn records(file: &Value) -> Vec<&Value> {
    let many = ["records", "items"].iter().find_map(|name| file.get(*name));
    match many.unwrap_or(file) {
        Value::Array(all) => all.iter().collect(),
        one => vec![one],
    }
}

fn prove(file: &Value, path: &Path, pin: Option<&Pin>) -> Result<Vec<Proved>, CliError> {
    let path = path.display().to_string();
    let mut proved = Vec::new();
    let mut faults = Vec::new();
    let mut seen = BTreeSet::new();
    for (at, record) in records(file).into_iter().enumerate() {
        match one(record, pin) {
            // Whoever counts them would count one account for two.
            Ok(one) if !seen.insert((one.record.organisation, one.record.account)) => {
                faults.push((at + 1, record, Fault::Twice));
            }
            Ok(one) => proved.push(one),
            Err(fault) => faults.push((at + 1, record, fault)),
        }
    }
    let Some((_, _, first)) = faults.first() else {
        return if proved.is_empty() {
            Err(CliError::new(Local::NoDeletionRecord).with("path", path))
        } else {
            Ok(proved)
        };
    };
    let mut error = CliError::new(first.code()).with("path", path);
    if let (Fault::Foreign(key), Some(_)) = (first, pin) {
        error = error.with("fingerprint", fingerprint(key));
    }
    if let Fault::Changed(field) = first {
        error = error.with("field", *field);
    }
    if faults.len() + proved.len() > 1 {
        for (number, record, fault) in &faults {
            let account = record.get("account").and_then(Value::as_str).unwrap_or("–");
            let code = fault.code().code();
            error = error.line(t!(
                "deletion-fault",
                number = *number,
                account = safe_line(account),
                code = code
            ));
        }
        error = error.line(t!("deletion-others", count = proved.len()));
    }
    Err(error)
}

/// Why a record proves nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Fault {
    NoRecord,
    Cut,
    Forged,
    Changed(&'static str),
    Twice,
    Foreign(Box<PublicKey>),
}

impl Fault {
    const fn code(&self) -> Local {
        match self {
            Self::NoRecord => Local::NoDeletionRecord,
            Self::Cut => Local::DeletionRecordCut,
            Self::Forged => Local::DeletionRecordForged,
            Self::Changed(_) => Local::DeletionRecordChanged,
            Self::Twice => Local::DeletionRecordTwice,
            Self::Foreign(_) => Local::DeletionRecordForeign,
        }
    }
}

fn one(shown: &Value, pin: Option<&Pin>) -> Result<Proved, Fault> {
    let text = shown.get("signed").and_then(Value::as_str).ok_or(Fault::NoRecord)?;
    let bytes = data_encoding::BASE64
        .decode(text.trim().as_bytes())
        .map_err(|_| Fault::Cut)?;
    let signed: Signed<DeletionRecord> = cbor::decode(&bytes).map_err(|_| Fault::Cut)?;
    let record = verify_statement(&signed, &signed.signer).map_err(|error| match error {
        StatementError::Malformed(_) => Fault::NoRecord,
        StatementError::OtherSigner | StatementError::BadSignature(_) => Fault::Forged,
    })?;
    if let Some(field) = changed(shown, &record) {
        return Err(Fault::Changed(field));
    }
    if pin.is_some_and(|pin| !pin.is(&signed.signer)) {
        return Err(Fault::Foreign(Box::new(signed.signer)));
    }
    Ok(Proved {
        fingerprint: fingerprint(&signed.signer),
        key: signed.signer,
        key_checked: pin.is_some(),
        record,
    })
}

/// The first thing that is there to be read and is not what was signed.
fn changed(shown: &Value, record: &DeletionRecord) -> Option<&'static str> {
    let Ok(signed) = serde_json::to_value(record) else {
        return Some("signed");
    };
    let same = |name: &str| match (shown.get(name), signed.get(name)) {
        (None, _) => true,
        // A point in time stands there for people to read.
        (Some(shown), Some(_)) if name == "time" => {
            let read = shown.as_str().and_then(|text| text.parse::<jiff::Timestamp>().ok());
            read.is_some_and(|read| u64::try_from(read.as_millisecond()) == Ok(record.time.0))
        }
        (Some(shown), signed) => signed == Some(shown),
    };
    const FIELDS: [&str; 12] = [
        "organisation",
        "account",
        "time",
        "reason",
        "devices",
        "key_packages",
        "inbox_entries",
        "groups",
        "blobs",
        "blob_bytes",
        "invitations",
        "profile",
    ];
    FIELDS.into_iter().find(|name| !same(name))
}

fn show(proved: &[Proved], organisation: Option<&str>) {
    if let [one] = proved {
        for (id, value) in facts(one, organisation) {
            let name = console::pad_str(&t!(id), 24, console::Alignment::Left, None).into_owned();
            line(format!("{name}  {value}"));
        }
    } else {
        let headings = [
            "table-account",
            "table-time",
            "table-reason",
            "table-devices",
            "table-groups",
            "table-files",
        ];
        let headings: Vec<String> = headings.iter().map(|id| t!(id)).collect();
        let rows: Vec<Vec<String>> = proved.iter().map(row).collect();
        output::table(&headings, &rows);
        line("");
        let mut keys: Vec<&str> = proved.iter().map(|one| one.fingerprint.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            line(t!("deletion-key", fingerprint = key));
        }
    }
    line("");
    line(t!("deletion-proved", count = proved.len()));
    if proved.iter().any(|one| !one.key_checked) {
        note(t!("deletion-whose-key"));
    }
}

fn facts(one: &Proved, organisation: Option<&str>) -> Vec<(&'static str, String)> {
    let record = &one.record;
    let by = match organisation {
        Some(name) => t!(
            "deletion-by-file",
            organisation = record.organisation.to_string(),
            name = safe_line(name)
        ),
        None => record.organisation.to_string(),
    };
    vec![
        ("deletion-account", record.account.to_string()),
        (
            "deletion-time",
            format!("{} ({})", times::long(record.time), times::iso(record.time)),
        ),
        ("deletion-by", by),
        ("deletion-reason", reason(record)),
        ("deletion-profile", t!(if record.profile { "yes" } else { "no" })),
        ("deletion-devices", record.devices.to_string()),
        ("deletion-keys", record.key_packages.to_string()),
        ("deletion-inbox", record.inbox_entries.to_string()),
        ("deletion-groups", record.groups.len().to_string()),
        (
            "deletion-files",
            format!("{} ({})", record.blobs, output::size(record.blob_bytes)),
        ),
        ("deletion-invitations", record.invitations.to_string()),
        ("deletion-fingerprint", one.fingerprint.clone()),
    ]
}

fn reason(record: &DeletionRecord) -> String {
    let code = serde_json::to_value(record.reason).unwrap_or_default();
    t!(&format!("reason-{}", code.as_str().unwrap_or_default()))
}

fn row(one: &Proved) -> Vec<String> {
    vec![
        one.record.account.to_string(),
        times::short(one.record.time),
        reason(&one.record),
        one.record.devices.to_string(),
        one.record.groups.len().to_string(),
        one.record.blobs.to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use melder_mls::sign::{SigningKey, sign_statement};
    use melder_protocol::deletion::DeletionReason;
    use melder_protocol::{AccountId, OrganisationId, Time};
    use serde_json::json;

    use super::*;

    fn record() -> DeletionRecord {
        DeletionRecord {
            organisation: OrganisationId::from_bytes([1; 16]),
            account: AccountId::from_bytes([2; 16]),
            time: Time(1_800_000_000_000),
            reason: DeletionReason::Administrator,
            devices: 2,
            key_packages: 40,
            inbox_entries: 3,
            groups: Vec::new(),
            blobs: 0,
            blob_bytes: 0,
            invitations: 1,
            profile: true,
        }
    }

    fn written(key: &SigningKey) -> Value {
        let signed = data_encoding::BASE64.encode(&cbor::encode(&sign_statement(key, &record())));
        json!({"account": record().account, "time": "2027-01-15T08:00:00Z", "reason": "administrator", "devices": 2,
            "signed": signed})
    }

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_seed(&[seed; 32])
    }

    #[test]
    fn a_record_proves_itself_under_its_organisations_key_and_no_other() {
        let (own, other) = (key(7), key(8));
        let pin = |key: &SigningKey| Pin::typed(&fingerprint(&key.public())).unwrap();
        assert!(one(&written(&own), Some(&pin(&own))).unwrap().key_checked);
        assert!(one(&written(&own), Some(&Pin::Key(own.public()))).is_ok());
        assert!(!one(&written(&own), None).unwrap().key_checked);
        let foreign = Fault::Foreign(Box::new(own.public()));
        assert_eq!(one(&written(&own), Some(&pin(&other))).unwrap_err(), foreign);
    }

    #[test]
    fn what_was_changed_or_cut_is_told_apart() {
        let mut shown = written(&key(7));
        shown["devices"] = json!(1);
        assert_eq!(one(&shown, None).unwrap_err(), Fault::Changed("devices"));
        shown["devices"] = json!(2);
        shown["time"] = json!("2027-01-15T09:00:00Z");
        assert_eq!(one(&shown, None).unwrap_err(), Fault::Changed("time"));

        let whole = written(&key(7));
        let text = whole["signed"].as_str().unwrap();
        let of = |text: String| json!({ "signed": text });
        for length in [0, 4, text.len() / 2 / 4 * 4, text.len() - 4] {
            assert_eq!(
                one(&of(text[..length].to_owned()), None).unwrap_err(),
                Fault::Cut,
                "{length}"
            );
        }
        let bytes = data_encoding::BASE64.decode(text.as_bytes()).unwrap();
        for at in 0..bytes.len() {
            let mut other = bytes.clone();
            other[at] ^= 1;
            let fault = one(&of(data_encoding::BASE64.encode(&other)), None);
            assert!(fault.is_err(), "a flipped bit at {at} is not seen");
        }
        assert_eq!(one(&json!({"account": "x"}), None).unwrap_err(), Fault::NoRecord);
    }

    #[test]
    fn a_record_that_is_there_twice_does_not_count_twice() {
        let one = written(&key(7));
        let path = Path::new("records.json");
        let error = prove(&json!({"records": [one, one]}), path, None).unwrap_err();
        assert_eq!(error.code(), "deletion_record_twice");
        assert_eq!(prove(&json!([one]), path, None).unwrap().len(), 1);
    }

    #[test]
    fn a_name_is_shown_only_for_the_organisation_that_signed() {
        let own = key(7);
        let of = |organisation: Value| {
            let file = json!({"organisation": organisation, "records": [written(&own)]});
            let proved = prove(&file, Path::new("records.json"), None).unwrap();
            named(&file, &proved).map(|name| name.map(str::to_owned))
        };
        let right = json!({"id": record().organisation, "key": own.public(), "name": "Stadt",
            "fingerprint": fingerprint(&own.public())});
        assert_eq!(of(right.clone()).unwrap().as_deref(), Some("Stadt"));
        for (field, wrong) in [
            ("id", json!(OrganisationId::from_bytes([9; 16]))),
            ("key", json!(key(8).public())),
            ("key", Value::Null),
            ("fingerprint", json!(fingerprint(&key(8).public()))),
        ] {
            let mut organisation = right.clone();
            organisation[field] = wrong;
            assert_eq!(
                of(organisation).unwrap_err().code(),
                "deletion_record_changed",
                "{field}"
            );
        }
        assert_eq!(of(json!(record().organisation)).unwrap(), None);
    }

    #[test]
    fn every_way_in_which_records_come_is_read() {
        let one = json!({"signed": "x"});
        assert_eq!(records(&one).len(), 1);
        assert_eq!(records(&json!([one, one])).len(), 2);
        assert_eq!(records(&json!({"items": [one]})).len(), 1);
        assert_eq!(
            records(&json!({"format": "melder-deletions-1", "records": [one, one]})).len(),
            2
        );
    }
}
