// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! The proxy against a server that sends back what it gets.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::table::{Moment, Slow, Spell};
use super::{Network, Proxy, Sum};

/// Nothing comes within this time: what is lost is lost.
const NEVER: Duration = Duration::from_millis(300);

fn nothing_but(change: impl FnOnce(&mut Network)) -> Network {
    let never = Spell {
        often: 0,
        seconds: [1, 1],
    };
    let mut network = Network {
        good_s: [0, 0],
        server_kills: 0,
        server_down_s: [0, 0],
        cut: Moment { often: 0 },
        reset: Moment { often: 0 },
        stall: never,
        slow: Slow {
            often: 0,
            seconds: [1, 1],
            kb_per_s: [64, 64],
            latency_ms: [1, 2],
        },
        lose: never,
    };
    change(&mut network);
    network.check().unwrap();
    network
}

/// A server, a proxy before it, and one device's connection through it, on which something has gone to and fro already.
async fn connected(network: &Network) -> (Proxy, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut from, mut to) = stream.split();
                tokio::io::copy(&mut from, &mut to).await
            });
        }
    });
    let proxy = Proxy::start(1, server, network, 1).unwrap();
    let mut device = TcpStream::connect(address(&proxy)).await.unwrap();
    assert_eq!(echo(&mut device, b"before").await.unwrap(), b"before");
    proxy.storm(true);
    (proxy, device)
}

fn address(proxy: &Proxy) -> SocketAddr {
    let address = proxy.address(0).unwrap();
    address.trim_start_matches("http://").parse().unwrap()
}

async fn echo(device: &mut TcpStream, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    device.write_all(bytes).await?;
    let mut back = vec![0; bytes.len()];
    device.read_exact(&mut back).await?;
    Ok(back)
}

/// Waits until the proxy has counted something.
async fn counted(proxy: &Proxy, what: impl Fn(&Sum) -> bool) {
    while !what(&proxy.sum()) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_connection_that_is_cut_is_closed_and_the_next_one_works() {
    let (proxy, mut device) = connected(&nothing_but(|network| network.cut.often = 1)).await;
    assert_eq!(device.read(&mut [0; 8]).await.unwrap(), 0);
    proxy.storm(false);
    let mut next = TcpStream::connect(address(&proxy)).await.unwrap();
    assert_eq!(echo(&mut next, b"after").await.unwrap(), b"after");
    assert!(proxy.sum().cut >= 1);
    assert!(proxy.sum().longest_outage > Duration::ZERO);
}

#[tokio::test]
async fn a_connection_that_is_reset_fails() {
    let (proxy, mut device) = connected(&nothing_but(|network| network.reset.often = 1)).await;
    let error = device.read(&mut [0; 8]).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset);
    assert!(proxy.sum().reset >= 1);
}

#[tokio::test]
async fn a_stall_keeps_everything_and_lets_it_through_afterwards() {
    let network = nothing_but(|network| {
        network.stall = Spell {
            often: 1,
            seconds: [3_600, 3_600],
        };
    });
    let (proxy, mut device) = connected(&network).await;
    counted(&proxy, |sum| sum.stalled == 1).await;
    assert!(
        timeout(NEVER, echo(&mut device, b"held")).await.is_err(),
        "up, down or both"
    );
    proxy.storm(false);
    let mut back = [0; 4];
    device.read_exact(&mut back).await.unwrap();
    assert_eq!(&back, b"held");
}

#[tokio::test]
async fn what_goes_slowly_arrives_whole_and_is_counted() {
    let network = nothing_but(|network| {
        network.slow.often = 1;
        network.slow.seconds = [3_600, 3_600];
    });
    let (proxy, mut device) = connected(&network).await;
    let bytes: Vec<u8> = (0..20_000).map(|at| (at % 251) as u8).collect();
    while proxy.sum().slow_bytes == 0 {
        assert_eq!(echo(&mut device, &bytes).await.unwrap(), bytes);
    }
}

#[tokio::test]
async fn what_is_lost_stays_lost_and_nobody_is_told() {
    let network = nothing_but(|network| {
        network.lose = Spell {
            often: 1,
            seconds: [3_600, 3_600],
        };
    });
    let (proxy, mut device) = connected(&network).await;
    counted(&proxy, |sum| sum.lost == 1).await;
    device.write_all(b"0123456789").await.unwrap();
    let mut rest = [0; 16];
    let mut got = 0;
    while let Ok(read) = timeout(NEVER, device.read(&mut rest)).await {
        let count = read.unwrap();
        assert!(count > 0, "not closed");
        got += count;
    }
    assert!(got < 10, "the end is missing");
    let mut next = TcpStream::connect(address(&proxy)).await.unwrap();
    assert!(
        timeout(NEVER, echo(&mut next, b"hello")).await.is_err(),
        "taken, never answered"
    );
    proxy.storm(false);
    assert!(timeout(NEVER, device.read(&mut rest)).await.is_err(), "stays lost");
    counted(&proxy, |sum| sum.unanswered == 1).await;
}

#[tokio::test]
async fn without_a_server_the_connection_ends() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let proxy = Proxy::start(1, nobody, &nothing_but(|network| network.cut.often = 1), 1).unwrap();
    let mut device = TcpStream::connect(address(&proxy)).await.unwrap();
    assert!(!matches!(device.read(&mut [0; 8]).await, Ok(1..)));
    counted(&proxy, |sum| sum.no_server == 1).await;
}
