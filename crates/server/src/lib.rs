// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The server: ordered logs of ciphertext, and a directory of who may read and write which. It never learns content.
//!
//! From the inside out: [`store`] keeps things, [`core`] decides on devices' requests in batches, [`directory`] decides
//! who exists and belongs where, [`delivery`] knows what each connection reads next; all of these are without I/O but
//! the store's. Around them, [`serve`] puts a thread for the core, tokio for the sockets, a clock and an entropy source.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{any, get};
use axum::serve::ListenerExt as _;
use melder_protocol::{STREAM_PATH, Time};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub mod admin;
pub(crate) mod blobs;
pub mod core;
pub mod delivery;
pub(crate) mod devices;
pub mod directory;
pub(crate) mod groups;
pub mod keeping;
mod ldap;
pub(crate) mod oidc;
mod pages;
pub mod push;
pub mod store;
mod stream;
mod web;
pub(crate) mod webauthn;

use crate::core::{Core, Input, RateLimits};
use crate::keeping::{Keeping, certificate};
use crate::push::address::Reach;
use crate::push::sender::{self, Sender};
use crate::push::vapid::VapidKey;
use crate::push::{PushKey, reason};
use crate::store::sqlite::SqliteStore;
use crate::store::{Reader, Store as _, StoreError};
pub use crate::stream::Handle;
use crate::stream::Shared;

/// Where the time comes from.
pub trait Clock: Send + Sync + 'static {
    fn now(&self) -> Time;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Time {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Time(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }
}

/// Whether devices that are away are woken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PushMode {
    /// By push services in the public network.
    #[default]
    Public,
    /// Also by those of this machine and its network, unencrypted: for tests.
    AllowLocal,
    Off,
}

impl PushMode {
    const fn reach(self) -> Option<Reach> {
        match self {
            Self::Public => Some(Reach::Public),
            Self::AllowLocal => Some(Reach::Anywhere),
            Self::Off => None,
        }
    }
}

/// What a server needs to know.
#[derive(Clone)]
pub struct ServerConfig {
    /// The folder with everything that the server keeps.
    pub data: PathBuf,
    pub listen: SocketAddr,
    /// Scheme, host and port as people reach it: `https://melder.example`.
    pub public_url: Option<String>,
    /// The folder with the web app (`cargo xtask web`). `None`: a browser sees a few plain pages instead.
    pub web: Option<PathBuf>,
    pub limits: RateLimits,
    pub max_connections: usize,
    pub push: PushMode,
    /// Whom a push service writes to when something is wrong: `mailto:…` or `https://…`. `None`: the public URL.
    pub push_contact: Option<String>,
    pub clock: Arc<dyn Clock>,
    /// For tests that repeat. `None`: from the operating system.
    pub seed: Option<[u8; 32]>,
}

impl ServerConfig {
    #[must_use]
    pub fn new(data: PathBuf, listen: SocketAddr) -> Self {
        Self {
            data,
            listen,
            public_url: None,
            web: None,
            limits: RateLimits::default(),
            max_connections: 50_000,
            push: PushMode::Public,
            push_contact: None,
            clock: Arc::new(SystemClock),
            seed: None,
        }
    }
}

impl std::fmt::Debug for ServerConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerConfig")
            .field("data", &self.data)
            .field("listen", &self.listen)
            .field("public_url", &self.public_url)
            .field("web", &self.web)
            .finish_non_exhaustive()
    }
}

/// Why a server does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("another server uses the data folder")]
    InUse,
    #[error("the data folder can't be used: {0}")]
    Folder(#[source] std::io::Error),
    #[error("the web app can't be read: {0}")]
    Web(#[source] std::io::Error),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("can't listen: {0}")]
    Listen(#[source] std::io::Error),
    #[error("TLS can't be set up: {0}")]
    Tls(#[from] rustls::Error),
    #[error("no entropy: {0}")]
    Entropy(String),
    #[error("can't start a thread: {0}")]
    Thread(#[source] std::io::Error),
}

/// A running server. Dropped, it goes on; [`ServerHandle::stop`] ends it.
#[derive(Debug)]
pub struct ServerHandle {
    address: SocketAddr,
    handle: Handle,
    stopping: watch::Sender<bool>,
    sockets: JoinHandle<()>,
    core: JoinHandle<()>,
}

impl ServerHandle {
    /// Where it listens: the real port, also when asked for port 0.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// To run domain functions inside the server.
    #[must_use]
    pub const fn handle(&self) -> &Handle {
        &self.handle
    }

    /// Says goodbye to everybody, writes what is to be written, and ends.
    pub async fn stop(self) {
        self.handle.shared.input(Input::Stop).await;
        self.stopping.send_replace(true);
        let ended = async {
            for task in [self.core, self.sockets] {
                if task.await.is_err() {
                    tracing::error!("a task of the server panicked");
                }
            }
            // Each has its goodbye before the process may end.
            while self.handle.connections() > 0 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        // A connection that does not take its goodbye is not waited for.
        if tokio::time::timeout(Duration::from_secs(10), ended).await.is_err() {
            tracing::warn!("stopped without waiting for all connections");
        }
    }

    /// Runs until Ctrl-C, then stops.
    ///
    /// # Errors
    /// When the signal can't be waited for.
    pub async fn until_interrupted(self) -> std::io::Result<()> {
        let outcome = tokio::signal::ctrl_c().await;
        self.stop().await;
        outcome
    }
}

/// How often the core hears that time has passed.
const TICK: Duration = Duration::from_millis(100);
/// How often memory is let go of, and how often connections are looked after, in ticks.
const TRIM: u32 = 100;
const LOOK_AFTER: u32 = 50;

/// Starts a server.
///
/// # Errors
/// When the folder, the store or the address can't be used.
pub async fn serve(config: ServerConfig) -> Result<ServerHandle, ServeError> {
    let folder = config.data.clone();
    let opened = tokio::task::spawn_blocking(move || open(&folder)).await;
    let (mut store, readers, lock) = opened.map_err(|error| ServeError::Folder(std::io::Error::other(error)))??;
    let site = match config.web {
        Some(folder) => Some(load_site(folder).await.map_err(ServeError::Web)?),
        None => None,
    };
    let mut rng = match config.seed {
        Some(seed) => ChaCha20Rng::from_seed(seed),
        None => ChaCha20Rng::from_rng(rand_core::OsRng).map_err(|error| ServeError::Entropy(error.to_string()))?,
    };
    let listener = TcpListener::bind(config.listen).await.map_err(ServeError::Listen)?;
    let address = listener.local_addr().map_err(ServeError::Listen)?;

    let post = match config.push.reach() {
        Some(reach) => Some((VapidKey::of(&mut store, &mut rng)?, reach)),
        None => None,
    };
    let mut core = Core::new(store, config.limits);
    let mut sender = None;
    if let Some((key, reach)) = post {
        core = core.with_push(PushKey {
            public: key.public(),
            reach,
        });
        sender = Some(Sender {
            key,
            contact: contact(config.push_contact, config.public_url.as_deref()),
            reach,
            clock: Arc::clone(&config.clock),
        });
    }
    let for_watch = Arc::clone(&config.clock);
    let keeping = Keeping::new(config.data);
    let (shared, inputs) = Shared::new(readers, config.public_url, config.max_connections, keeping);
    let post = match sender {
        Some(sender) => Some(sender::start(sender, Arc::clone(&shared))?),
        None => None,
    };
    let (ended, core_ended) = tokio::sync::oneshot::channel::<()>();
    let thread_shared = Arc::clone(&shared);
    let couriers = stream::Couriers::start(&shared).map_err(ServeError::Thread)?;
    let clock = config.clock;
    std::thread::Builder::new()
        .name("melder-core".to_owned())
        .spawn(move || {
            let outlets = (&couriers, post.as_ref());
            stream::heart::run(core, &thread_shared, outlets, inputs, clock.as_ref(), &mut rng);
            // The store is closed by now; only then may another server have the folder.
            drop(lock);
            drop(ended);
        })
        .map_err(ServeError::Thread)?;

    let handle = Handle {
        shared: Arc::clone(&shared),
    };
    let (stopping, mut stop) = watch::channel(false);
    tokio::spawn(tick(Arc::clone(&shared)));
    tokio::spawn(ldap::schedule(handle.clone()));
    tokio::spawn(watch_certificate(Arc::clone(&shared), for_watch, stop.clone()));
    let router = router(handle.clone(), site);
    let listener = listener.tap_io(|socket| {
        // Small frames go out at once.
        if let Err(error) = socket.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY");
        }
    });
    let sockets = tokio::spawn(async move {
        let served = axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
            .with_graceful_shutdown(async move {
                // A handle that is dropped without a stop lets the server go on.
                if stop.wait_for(|stop| *stop).await.is_err() {
                    std::future::pending::<()>().await;
                }
            })
            .await;
        if let Err(error) = served {
            tracing::error!(%error, "serving");
        }
    });
    Ok(ServerHandle {
        address,
        handle,
        stopping,
        sockets,
        core: tokio::spawn(async move {
            // Nothing is ever sent: the thread has ended when its sender is gone.
            let ended = core_ended.await;
            debug_assert!(ended.is_err());
        }),
    })
}

/// Whom push services may write to. They want an address; a server without any names where it stands.
fn contact(named: Option<String>, public_url: Option<&str>) -> String {
    named
        .or_else(|| {
            public_url
                .filter(|url| url.starts_with("https://"))
                .map(ToOwned::to_owned)
        })
        .unwrap_or_else(|| "https://localhost".to_owned())
}

type Opened = (SqliteStore, Vec<Box<dyn Reader>>, std::fs::File);

fn open(folder: &std::path::Path) -> Result<Opened, ServeError> {
    std::fs::create_dir_all(folder).map_err(ServeError::Folder)?;
    let lock = std::fs::File::create(folder.join("melder.lock")).map_err(ServeError::Folder)?;
    lock.try_lock().map_err(|error| match error {
        std::fs::TryLockError::WouldBlock => ServeError::InUse,
        std::fs::TryLockError::Error(error) => ServeError::Folder(error),
    })?;
    let store = SqliteStore::open(folder)?;
    let mut readers: Vec<Box<dyn Reader>> = Vec::new();
    for _ in 0..Shared::readers() {
        readers.push(Box::new(store.reader()?));
    }
    Ok((store, readers, lock))
}

/// Until the core takes no inputs any more.
async fn tick(shared: Arc<Shared>) {
    let mut interval = tokio::time::interval(TICK);
    interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut count = 0_u32;
    loop {
        interval.tick().await;
        count = count.wrapping_add(1);
        if count.is_multiple_of(TRIM) {
            shared.trim();
        }
        if count.is_multiple_of(LOOK_AFTER) {
            shared.look_after();
        }
        if !shared.input(Input::Tick).await {
            return;
        }
    }
}

/// Until the server stops.
async fn watch_certificate(shared: Arc<Shared>, clock: Arc<dyn Clock>, mut stop: watch::Receiver<bool>) {
    let Some(url) = shared.public_url.clone() else { return };
    tokio::select! {
        () = certificate::watch(&shared.keeping, &url, clock.as_ref()) => {}
        _ = stop.wait_for(|stop| *stop) => {}
    }
}

async fn load_site(folder: PathBuf) -> std::io::Result<Arc<web::Site>> {
    let loaded = tokio::task::spawn_blocking(move || web::Site::load(&folder)).await;
    loaded.map_err(std::io::Error::other)?.map(Arc::new)
}

fn router(handle: Handle, site: Option<Arc<web::Site>>) -> Router {
    let log_ins = oidc::LogIns::new(handle.clone());
    let stream = Router::new()
        .route(STREAM_PATH, any(stream::connection::upgrade))
        .with_state(Arc::clone(&handle.shared));
    let pages = match site {
        Some(site) => web::router(site),
        None => Router::new()
            .route("/", get(pages::index))
            .route("/join", get(pages::join))
            .route("/link", get(pages::link)),
    };
    Router::new()
        .route("/health", get(health))
        .route(reason::PATH, get(reason::answer))
        .with_state(handle.clone())
        .merge(pages)
        .merge(stream)
        .merge(admin::brand::router(handle.clone()))
        .merge(oidc::router(Arc::clone(&log_ins)))
        .merge(admin::router_with(handle, log_ins))
}

/// Is the server there, and does its core answer? For load balancers and monitoring.
async fn health(State(handle): State<Handle>) -> (StatusCode, &'static str) {
    let answer = tokio::time::timeout(Duration::from_secs(5), handle.call(|_| Ok(()))).await;
    match answer {
        Ok(Ok(())) => (StatusCode::OK, "ok\n"),
        Ok(Err(_)) | Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "unavailable\n"),
    }
}
