//! Work for a tenant with a connection of the pool, done again where that is safe.

/// Runs some work for a tenant with a connection, and again with another one where that is safe.
macro_rules! run {
    ($store:ident, $tenant:expr, $work:expr, $client:ident => $body:expr) => {{
        let mut tries = $crate::store::postgres::failure::Tries::of($work);
        loop {
            let mut connection = $store.client().await?;
            let $client = &mut connection;
            let done = match $store.told.tell($client, $tenant).await {
                Err(failure) => Err(failure),
                // What is read is sent behind the tenant without waiting, and is believed once the session has heard both.
                Ok(telling) if telling.is_news() && $work == $crate::store::postgres::failure::Work::Repeatable => {
                    let (told, done) = futures_util::future::join(telling.done(), $body).await;
                    told.map_err($crate::store::postgres::failure::Failure::from).and(done)
                }
                // A write whose tenant was not heard is not begun.
                Ok(telling) => match telling.done().await {
                    Ok(()) => $body.await,
                    Err(error) => Err($crate::store::postgres::failure::Failure::NotBegun(error)),
                },
            };
            match done {
                Ok(done) => {
                    // What is done once only is a write that may have left an event.
                    if $work == $crate::store::postgres::failure::Work::Once {
                        $store.listener.tell();
                    }
                    break Ok(done);
                }
                Err(failure) => {
                    if !tries.again(&failure).await {
                        break Err($crate::store::StoreError::from(failure));
                    }
                    // What failed may have left the connection anywhere; another one is as good.
                    drop(deadpool_postgres::Object::take(connection));
                }
            }
        }
    }};
}

pub(super) use run;
