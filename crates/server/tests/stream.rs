// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A server on a real port, and connections to it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "helpers of tests fail as tests do")]

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use melder_mls::chain;
use melder_mls::sign::SigningKey;
use melder_protocol::account::AccountKind;
use melder_protocol::cbor::{self, Bytes};
use melder_protocol::frame::{ClientFrame, HELLO_LABEL, Hello, ServerFrame};
use melder_protocol::request::{Request, Response};
use melder_protocol::{
    AccountId, Counter, Cursor, ErrorCode, InvitationSecret, LogId, Member, OrganisationId, PROTOCOL_VERSION,
    RequestId, SUBPROTOCOL, Sequence,
};
use melder_server::directory::accounts::NewAccount;
use melder_server::directory::{Desk, organisations};
use melder_server::{PushMode, ServeError, ServerConfig, ServerHandle, serve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

fn config(folder: &std::path::Path) -> ServerConfig {
    ServerConfig::new(folder.to_owned(), ([127, 0, 0, 1], 0).into())
}

async fn connect(server: &ServerHandle) -> Socket {
    let mut request = format!("ws://{}/v1/stream", server.address())
        .into_client_request()
        .unwrap();
    request
        .headers_mut()
        .insert("sec-websocket-protocol", SUBPROTOCOL.parse().unwrap());
    connect_async(request).await.unwrap().0
}

async fn receive(socket: &mut Socket) -> ServerFrame {
    loop {
        let message = tokio::time::timeout(Duration::from_secs(60), socket.next()).await;
        match message.expect("a frame in time").expect("an open connection").unwrap() {
            Message::Binary(bytes) => return cbor::decode(&bytes).unwrap(),
            Message::Close(_) => panic!("closed"),
            _ => {}
        }
    }
}

async fn send(socket: &mut Socket, frame: &ClientFrame) {
    socket.send(Message::Binary(cbor::encode(frame).into())).await.unwrap();
}

async fn ask(socket: &mut Socket, id: u32, request: Request) -> Result<Response, ErrorCode> {
    let id = RequestId(id);
    send(socket, &ClientFrame::Request { id, request }).await;
    loop {
        match receive(socket).await {
            ServerFrame::Response { id: of, response } if of == id => return Ok(response),
            ServerFrame::Refused { id: of, refusal } if of == id => return Err(refusal.code),
            _ => {}
        }
    }
}

/// An organisation with an account and its invitation.
async fn invite(server: &ServerHandle) -> (AccountId, InvitationSecret) {
    let invitation = server.handle().call(|work| {
        let organisation: OrganisationId = organisations::create(work, "KVR", None)?.0.id;
        let mut desk = Desk::new(work, organisation, None);
        let account = desk.create_account(&NewAccount {
            kind: AccountKind::Staff,
            name: "Ada".to_owned(),
            unit: None,
            function: None,
            operation: None,
            ends: None,
        })?;
        Ok((account.id, desk.invite_account(account.id, None)?.token.secret))
    });
    invitation.await.unwrap()
}

/// Connects and proves the device.
async fn sign_in(server: &ServerHandle, account: AccountId, key: &SigningKey) -> Socket {
    let mut socket = connect(server).await;
    let ServerFrame::Challenge { nonce, .. } = receive(&mut socket).await else {
        panic!("the challenge comes first");
    };
    let member = Member {
        account,
        device: key.device(),
    };
    let hello = Hello {
        version: PROTOCOL_VERSION,
        account,
        device: member.device,
        signature: key.sign(HELLO_LABEL, &Hello::signed_part(&nonce, &member)),
        software: "test".to_owned(),
    };
    send(&mut socket, &ClientFrame::Hello(hello)).await;
    assert!(matches!(receive(&mut socket).await, ServerFrame::Ready(_)));
    socket
}

async fn claim(server: &ServerHandle, key: &SigningKey) -> AccountId {
    let (account, secret) = invite(server).await;
    let mut socket = connect(server).await;
    assert!(matches!(receive(&mut socket).await, ServerFrame::Challenge { .. }));
    let request = Request::Claim {
        secret,
        genesis: chain::genesis(key, account, melder_protocol::Time(1)),
        device_name: "Telefon".to_owned(),
        name: None,
    };
    assert!(matches!(
        ask(&mut socket, 1, request).await,
        Ok(Response::Claimed { .. })
    ));
    account
}

fn seal(account: AccountId, counter: u64) -> Request {
    Request::Seal {
        account,
        counter: Counter(counter),
        bytes: Bytes(vec![7; 300]),
    }
}

#[tokio::test]
async fn a_device_comes_in_appends_and_reads_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(config(folder.path())).await.unwrap();
    let key = SigningKey::from_seed(&[5; 32]);
    let account = claim(&server, &key).await;
    let mut socket = sign_in(&server, account, &key).await;
    for counter in 1..=600 {
        assert!(
            ask(&mut socket, counter, seal(account, u64::from(counter)))
                .await
                .is_ok()
        );
    }
    server.stop().await;
    let goodbye = receive(&mut socket).await;
    assert!(
        matches!(
            goodbye,
            ServerFrame::Goodbye {
                code: ErrorCode::ShuttingDown,
                ..
            }
        ),
        "{goodbye:?}"
    );

    let server = serve(config(folder.path())).await.unwrap();
    let mut socket = sign_in(&server, account, &key).await;
    let log = LogId::Inbox(account);
    let follow = Request::Follow(Cursor {
        log,
        sequence: Sequence(0),
    });
    let Ok(Response::Following { head }) = ask(&mut socket, 1, follow).await else {
        panic!("not following");
    };
    let mut last = Sequence(0);
    while last < head {
        if let ServerFrame::Entries { entries, .. } = receive(&mut socket).await {
            for entry in entries {
                assert_eq!(entry.sequence, last.next());
                last = entry.sequence;
            }
        }
    }
    // And on, live.
    send(
        &mut socket,
        &ClientFrame::Request {
            id: RequestId(2),
            request: seal(account, 601),
        },
    )
    .await;
    loop {
        if let ServerFrame::Entries { entries, .. } = receive(&mut socket).await {
            assert_eq!(entries.len(), 1);
            assert_eq!(entries[0].sequence, head.next());
            break;
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn the_stream_speaks_its_subprotocol_only() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(config(folder.path())).await.unwrap();
    assert!(
        connect_async(format!("ws://{}/v1/stream", server.address()))
            .await
            .is_err()
    );
    let mut socket = connect(&server).await;
    assert!(matches!(receive(&mut socket).await, ServerFrame::Challenge { .. }));
    socket.send(Message::text("hello")).await.unwrap();
    let end = tokio::time::timeout(Duration::from_secs(60), async {
        while let Some(Ok(message)) = socket.next().await {
            if matches!(message, Message::Close(_)) {
                break;
            }
        }
    });
    end.await.expect("text ends the connection");
    server.stop().await;
}

#[tokio::test]
async fn one_folder_has_one_server() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(config(folder.path())).await.unwrap();
    assert!(matches!(serve(config(folder.path())).await, Err(ServeError::InUse)));
    server.stop().await;
    serve(config(folder.path())).await.unwrap().stop().await;
}

#[tokio::test]
async fn calls_after_the_stop_are_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let server = serve(config(folder.path())).await.unwrap();
    let handle = server.handle().clone();
    server.stop().await;
    let refusal = handle.call(|_| Ok(())).await.unwrap_err();
    assert_eq!(refusal.code, ErrorCode::ShuttingDown);
}

/// Reads a request's head from a socket.
async fn head(socket: &mut TcpStream) -> String {
    let mut read = Vec::new();
    while !read.ends_with(b"\r\n\r\n") {
        read.push(socket.read_u8().await.unwrap());
    }
    String::from_utf8(read).unwrap().to_lowercase()
}

/// `GET /v1/push` with this ticket.
async fn reason(server: &ServerHandle, secret: &[u8]) -> String {
    let mut socket = TcpStream::connect(server.address()).await.unwrap();
    let ticket = data_encoding::BASE64URL_NOPAD.encode(secret);
    let request =
        format!("GET /v1/push HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {ticket}\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_goes_out_and_the_service_worker_learns_what_it_was_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = config(folder.path());
    config.push = PushMode::AllowLocal;
    let server = serve(config).await.unwrap();
    let service = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = service.local_addr().unwrap();
    let key = SigningKey::from_seed(&[5; 32]);
    let account = claim(&server, &key).await;
    let mut socket = sign_in(&server, account, &key).await;
    assert_eq!(ask(&mut socket, 1, Request::TestPush).await, Err(ErrorCode::NoPush));
    let secret = [7; 32];
    let subscription = melder_protocol::push::PushSubscription {
        endpoint: format!("http://{address}/device"),
        ticket: melder_mls::sign::sha256(&secret),
    };
    ask(&mut socket, 2, Request::Subscribe(Some(subscription)))
        .await
        .unwrap();
    let answered = tokio::spawn(async move {
        let (mut caller, _) = service.accept().await.unwrap();
        let asked = head(&mut caller).await;
        caller
            .write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n")
            .await
            .unwrap();
        asked
    });
    assert_eq!(ask(&mut socket, 3, Request::TestPush).await, Ok(Response::Done));
    let asked = answered.await.unwrap();
    assert!(asked.starts_with("post /device http/1.1\r\n"), "{asked}");
    assert!(
        asked.contains("\r\ncontent-length: 0\r\n") && asked.contains("\r\ntopic: test\r\n"),
        "{asked}"
    );
    assert!(asked.contains("\r\nauthorization: vapid t="), "{asked}");
    let word = reason(&server, &secret).await;
    assert!(word.starts_with("HTTP/1.1 200") && word.ends_with("\r\ntest"), "{word}");
    assert!(reason(&server, &[8; 32]).await.starts_with("HTTP/1.1 404"));
    assert!(reason(&server, &[8; 3]).await.starts_with("HTTP/1.1 401"));
    server.stop().await;
}
