// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The proxy: an address for each device, and behind it the server, when the network lets it through.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::forecast::{Forecast, Trouble};
use super::pipe::{self, Connection, Ended, Flow, Sky, Way};
use super::table::Network;
use super::tally::{Sum, Tally};

/// What the kernel keeps for a connection: a phone's network holds little, and so backs up soon.
const KERNEL: u32 = 64 * 1024;
const BACKLOG: u32 = 64;
/// A server on the same machine takes a connection within this time, or there is none.
const DIAL: Duration = Duration::from_secs(5);

/// One device's way to the server.
#[derive(Debug)]
struct Line {
    port: u16,
    tally: Arc<Tally>,
}

/// All ways. They end with it.
#[derive(Debug)]
pub struct Proxy {
    lines: Vec<Line>,
    storm: watch::Sender<bool>,
    _tasks: JoinSet<()>,
}

impl Proxy {
    /// Opens an address for each device. The network is good until [`Self::storm`].
    ///
    /// # Errors
    /// When there are no ports.
    pub fn start(devices: usize, server: SocketAddr, network: &Network, seed: u64) -> std::io::Result<Self> {
        let storm = watch::Sender::new(false);
        let mut lines = Vec::with_capacity(devices);
        let mut tasks = JoinSet::new();
        for device in 0..devices {
            let socket = socket()?;
            socket.bind(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0).into())?;
            let listener = socket.listen(BACKLOG)?;
            let port = listener.local_addr()?.port();
            let tally = Arc::new(Tally::default());
            let sky = watch::Sender::new(Sky::CLEAR);
            tasks.spawn(listen(listener, server, sky.subscribe(), Arc::clone(&tally)));
            let forecast = Forecast::new(network, seed, device);
            tasks.spawn(weather(forecast, sky, storm.subscribe(), Arc::clone(&tally)));
            lines.push(Line { port, tally });
        }
        Ok(Self {
            lines,
            storm,
            _tasks: tasks,
        })
    }

    /// The server's address, as a device knows it.
    #[must_use]
    pub fn address(&self, device: usize) -> Option<String> {
        self.lines
            .get(device)
            .map(|line| format!("http://127.0.0.1:{}", line.port))
    }

    /// The trouble begins, or the network is good from now on. What is lost stays lost.
    pub fn storm(&self, on: bool) {
        self.storm.send_replace(on);
    }

    /// This device goes out of reach by itself.
    pub fn forget(&self, device: usize) {
        if let Some(line) = self.lines.get(device) {
            line.tally.forget();
        }
    }

    /// What has happened so far.
    #[must_use]
    pub fn sum(&self) -> Sum {
        let mut sum = Sum::default();
        self.lines.iter().for_each(|line| sum.add(&line.tally));
        sum
    }
}

fn socket() -> std::io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.set_recv_buffer_size(KERNEL)?;
    socket.set_send_buffer_size(KERNEL)?;
    Ok(socket)
}

/// Takes connections for one device.
async fn listen(listener: TcpListener, server: SocketAddr, sky: watch::Receiver<Sky>, tally: Arc<Tally>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            taken = listener.accept() => match taken {
                Ok((device, _)) => {
                    connections.spawn(carry(device, server, sky.clone(), Arc::clone(&tally)));
                }
                // Too many open files, say: a little later there are fewer.
                Err(error) => {
                    tracing::warn!(%error, "no connection taken");
                    sleep(Duration::from_millis(100)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// One connection, from the device's dialling to the end.
async fn carry(mut device: TcpStream, server: SocketAddr, mut sky: watch::Receiver<Sky>, tally: Arc<Tally>) {
    Tally::count(&tally.connections);
    let now = *sky.borrow_and_update();
    if now.up == Flow::Lost {
        Tally::count(&tally.unanswered);
        tally.broken();
        return swallow(device).await;
    }
    let Some(mut server) = dial(server).await else {
        Tally::count(&tally.no_server);
        return tally.broken();
    };
    // Small frames go at once; on loopback this can't fail in a way that matters.
    let _ = device.set_nodelay(true);
    let connection = Connection::new(&tally);
    let both = {
        let (from_device, to_device) = device.split();
        let (from_server, to_server) = server.split();
        let up = pipe::run(Way::Up, from_device, to_server, sky.clone(), &connection);
        let down = pipe::run(Way::Down, from_server, to_device, sky.clone(), &connection);
        tokio::select! {
            () = together(up, down, &tally) => None,
            by_reset = cut(&mut sky, now.cuts, &connection) => Some(by_reset),
        }
    };
    if let Some(by_reset) = both {
        tally.broken();
        Tally::count(if by_reset { &tally.reset } else { &tally.cut });
        if by_reset {
            for stream in [&device, &server] {
                let _ = stream.set_zero_linger();
            }
        }
    }
}

/// Both directions, until both are over or one is broken.
async fn together(up: impl Future<Output = Ended>, down: impl Future<Output = Ended>, tally: &Tally) {
    let (mut up, mut down) = (std::pin::pin!(up), std::pin::pin!(down));
    let (first, is_up) = tokio::select! {
        ended = &mut up => (ended, true),
        ended = &mut down => (ended, false),
    };
    if !is_up && first != Ended::Lost {
        // The server has gone.
        tally.broken();
    }
    match (first, is_up) {
        (Ended::Broken, _) => {}
        (_, true) => drop(down.await),
        (_, false) => drop(up.await),
    }
}

/// Waits for the next cut; what is lost is not cut any more, for that would tell. → was it by RST?
async fn cut(sky: &mut watch::Receiver<Sky>, mut before: u64, connection: &Connection<'_>) -> bool {
    loop {
        let Ok(now) = sky.wait_for(|sky| sky.cuts > before).await.map(|sky| *sky) else {
            return std::future::pending().await;
        };
        before = now.cuts;
        let by_reset = now.by_reset;
        if !connection.is_lost() {
            return by_reset;
        }
    }
}

/// Nobody answers.
async fn swallow(mut device: TcpStream) {
    let mut buffer = [0; 1_024];
    while let Ok(1..) = device.read(&mut buffer).await {}
}

async fn dial(server: SocketAddr) -> Option<TcpStream> {
    let stream = timeout(DIAL, socket().ok()?.connect(server)).await.ok()?.ok()?;
    stream.set_nodelay(true).ok()?;
    Some(stream)
}

/// One device's weather, while there is a storm.
async fn weather(mut forecast: Forecast, sky: watch::Sender<Sky>, mut storm: watch::Receiver<bool>, tally: Arc<Tally>) {
    while storm.wait_for(|storm| *storm).await.is_ok() {
        let Some(spell) = forecast.next() else { return };
        tokio::select! {
            () = sleep(spell.good) => {}
            ended = storm.wait_for(|storm| !*storm) => {
                if ended.is_err() {
                    return;
                }
                continue;
            }
        }
        strike(&sky, spell.trouble, &tally);
        tokio::select! {
            () = sleep(spell.lasts) => {}
            _ = storm.wait_for(|storm| !*storm) => {}
        }
        sky.send_modify(|sky| (sky.up, sky.down) = (Flow::Free, Flow::Free));
    }
}

/// Something happens. What can be counted here is counted only if there is a connection to which it happens.
fn strike(sky: &watch::Sender<Sky>, trouble: Trouble, tally: &Tally) {
    let hits = tally.alive.load(Ordering::Relaxed) > 0;
    sky.send_modify(|sky| match trouble {
        Trouble::Cut | Trouble::Reset => {
            sky.cuts += 1;
            sky.by_reset = trouble == Trouble::Reset;
        }
        Trouble::Stall { up, down } => {
            let flow = |still: bool| if still { Flow::Still } else { Flow::Free };
            (sky.up, sky.down) = (flow(up), flow(down));
        }
        Trouble::Slow(pace) => (sky.up, sky.down) = (Flow::Slow(pace), Flow::Slow(pace)),
        Trouble::Lose => (sky.up, sky.down) = (Flow::Lost, Flow::Lost),
    });
    match trouble {
        Trouble::Stall { down, .. } if hits => {
            Tally::count(&tally.stalled);
            if down {
                tally.broken();
            }
        }
        Trouble::Lose if hits => {
            Tally::count(&tally.lost);
            tally.broken();
        }
        _ => {}
    }
}
