//! Connections: where the database is, how it is spoken to, and a pool that replaces those that break.

use std::net::IpAddr;
use std::path::PathBuf;
use std::pin::Pin;
use std::str::FromStr as _;
use std::sync::Arc;
use std::time::Duration;

use deadpool_postgres::{Hook, HookError, Manager, ManagerConfig, Pool, RecyclingMethod, Runtime};
use futures_util::Stream;
use futures_util::stream::poll_fn;
use tokio_postgres::config::{Host, SslMode};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{AsyncMessage, Config, NoTls, Socket};

use super::schema::OpenError;
use super::time::Time;
use super::tls::Tls;
use super::wall::{ENTER, Side};
use crate::store_url::StoreUrl;

/// How long a request may wait for a connection before it is told that the store does not answer.
const WAIT: Duration = Duration::from_secs(10);
/// How long it may take to connect.
const CONNECT: Duration = Duration::from_secs(5);

/// What every session starts with: no statement runs away, none waits long for another, a transaction whose process has
/// died is soon given up, and what is acknowledged was synced whatever the server's default is.
const SESSION: &str = "SET statement_timeout = '20s'; SET lock_timeout = '10s';
    SET idle_in_transaction_session_timeout = '30s'; SET synchronous_commit = on; SET TIME ZONE 'UTC'";

/// A URL, read.
#[derive(Debug)]
struct Target {
    config: Config,
    secured: bool,
    authorities: Option<PathBuf>,
    /// Whether tenants are kept apart by the database too.
    walled: bool,
}

impl Target {
    fn read(url: &StoreUrl) -> Result<Self, OpenError> {
        let unreadable = |problem: String| OpenError::Url { url: url.clone(), problem };
        let (place, parameters) = url.secret().split_once('?').unwrap_or((url.secret(), ""));
        let (mut mode, mut authorities, mut walled, mut rest) = (None, None, true, Vec::new());
        for parameter in parameters.split('&').filter(|parameter| !parameter.is_empty()) {
            match parameter.split_once('=') {
                Some(("sslmode", value)) => mode = Some(value),
                Some(("sslrootcert", value)) => authorities = Some(PathBuf::from(decoded(value))),
                Some(("wall", "none")) => walled = false,
                Some(("wall", other)) => {
                    return Err(unreadable(format!(
                        "`wall={other}` is nothing; leave it out, or write `none` where one organisation has the database for itself"
                    )));
                }
                _ => rest.push(parameter),
            }
        }
        let mut config = Config::from_str(&format!("{place}?{}", rest.join("&")))
            .map_err(|error| unreadable(chain(&error)))?;
        let secured = match mode {
            Some("require" | "verify-ca" | "verify-full") => true,
            Some("disable") => false,
            // A password does not cross a network readably because nobody thought of it.
            None => !config.get_hosts().iter().all(is_here),
            Some(other) => {
                return Err(unreadable(format!(
                    "`sslmode={other}` would fall back to plain text; write `verify-full`, or `disable` on a network that you trust"
                )));
            }
        };
        config.ssl_mode(if secured { SslMode::Require } else { SslMode::Disable });
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if config.get_application_name().is_none() {
            config.application_name("mesh-registry");
        }
        // A host that vanishes without a word is found out in a minute and not in two hours.
        config.keepalives_idle(Duration::from_secs(30));
        config.tcp_user_timeout(Duration::from_secs(30));
        Ok(Self { config, secured, authorities, walled })
    }
}

/// Whether a host is this machine.
fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
        #[cfg(unix)]
        Host::Unix(_) => true,
    }
}

/// `%2F` as `/` in a parameter.
fn decoded(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = tail
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// An error with its reasons, on one line.
pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let reason = error.to_string();
        if !text.contains(&reason) {
            text = format!("{text}: {reason}");
        }
        source = error.source();
    }
    text
}

/// A pool of connections, none of which is open yet. Each tells the time when it opens.
pub(super) fn pool(
    url: &StoreUrl,
    time: &Arc<Time>,
    connections: usize,
    side: Side,
) -> Result<Pool, OpenError> {
    let Target { config, secured, authorities, walled } = Target::read(url)?;
    let walled = walled && side == Side::Walled;
    let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
    let manager = if secured {
        let tls = Tls::new(authorities.as_deref())
            .map_err(|source| OpenError::Authorities { url: url.clone(), source })?;
        Manager::from_config(config, tls, recycling)
    } else {
        Manager::from_config(config, NoTls, recycling)
    };
    let time = Arc::clone(time);
    let begin = Hook::async_fn(move |client: &mut deadpool_postgres::ClientWrapper, _| {
        let time = Arc::clone(&time);
        Box::pin(async move {
            client.batch_execute(SESSION).await.map_err(HookError::Backend)?;
            if walled {
                client.batch_execute(ENTER).await.map_err(HookError::Backend)?;
            }
            let row = client.query_one("SELECT clock_timestamp()", &[]).await;
            time.hear(row.and_then(|row| row.try_get(0)).map_err(HookError::Backend)?);
            Ok(())
        })
    });
    Pool::builder(manager)
        .max_size(connections)
        .wait_timeout(Some(WAIT))
        .create_timeout(Some(CONNECT + CONNECT))
        .runtime(Runtime::Tokio1)
        .post_create(begin)
        .build()
        .map_err(|error| OpenError::Url { url: url.clone(), problem: error.to_string() })
}

/// Whether tenants are kept apart by the database too. They are, unless the URL says that they need not be.
pub(super) fn is_walled(url: &StoreUrl) -> Result<bool, OpenError> {
    Ok(Target::read(url)?.walled)
}

/// A connection of its own that hears what the server says unasked. It works only while its messages are read.
pub(super) struct Lone {
    pub(super) client: tokio_postgres::Client,
    pub(super) messages: Messages,
}

type Messages = Pin<Box<dyn Stream<Item = Result<AsyncMessage, tokio_postgres::Error>> + Send>>;

/// Opens a connection outside the pool.
pub(super) async fn alone(url: &StoreUrl) -> Result<Lone, OpenError> {
    async fn open<T>(config: &Config, tls: T) -> Result<Lone, tokio_postgres::Error>
    where
        T: MakeTlsConnect<Socket>,
        T::Stream: Send + 'static,
    {
        let (client, mut connection) = config.connect(tls).await?;
        let messages = Box::pin(poll_fn(move |context| connection.poll_message(context)));
        Ok(Lone { client, messages })
    }
    let Target { config, secured, authorities, walled: _ } = Target::read(url)?;
    let opening = async {
        if secured {
            let tls = Tls::new(authorities.as_deref())
                .map_err(|source| OpenError::Authorities { url: url.clone(), source })?;
            Ok(open(&config, tls).await)
        } else {
            Ok(open(&config, NoTls).await)
        }
    };
    let opened = match tokio::time::timeout(CONNECT + CONNECT, opening).await {
        Ok(opened) => opened?.map_err(Into::into),
        Err(late) => Err(late.into()),
    };
    opened.map_err(|source| OpenError::Connect { url: url.clone(), source })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secured(url: &str) -> bool {
        Target::read(&url.parse().expect("a store")).expect("a target").secured
    }

    #[test]
    fn only_this_machine_is_spoken_to_in_plain_text_unless_told() {
        assert!(!secured("postgres://mesh@127.0.0.1/mesh"));
        assert!(!secured("postgres://mesh@localhost:5433/mesh"));
        assert!(!secured("postgres://mesh@%2Fvar%2Frun%2Fpostgresql/mesh"));
        assert!(!secured("postgres://mesh@db/mesh?sslmode=disable"));
        assert!(secured("postgres://mesh@db/mesh"));
        assert!(secured("postgres://mesh@localhost/mesh?sslmode=require"));
        assert!(secured("postgres://mesh@db/mesh?connect_timeout=3&sslmode=verify-full"));
    }

    #[test]
    fn a_mode_that_falls_back_is_refused_with_what_to_write() {
        let url = "postgres://mesh:secret@db/mesh?sslmode=prefer".parse().expect("a store");
        let error = Target::read(&url).expect_err("no mode").to_string();
        assert!(error.contains("verify-full") && !error.contains("secret"), "{error}");
    }

    #[test]
    fn the_wall_is_there_unless_told() {
        let walled = |text: &str| is_walled(&text.parse().expect("a store"));
        assert!(walled("postgres://db/mesh").expect("a target"));
        assert!(!walled("postgres://db/mesh?wall=none").expect("a target"));
        let error = walled("postgres://db/mesh?wall=off").expect_err("no wall").to_string();
        assert!(error.contains("`none`"), "{error}");
    }

    #[test]
    fn authorities_come_from_a_file() {
        let url = "postgres://db/mesh?sslrootcert=%2Fetc%2Fca%20one.pem".parse().expect("a store");
        let target = Target::read(&url).expect("a target");
        assert_eq!(target.authorities, Some(PathBuf::from("/etc/ca one.pem")));
        assert!(Tls::new(Some(std::path::Path::new("/nowhere.pem"))).is_err());
    }
}
