//! Work with a connection of the pool, done again where that is safe.

/// Runs some work with a connection, and again with another one where that is safe.
macro_rules! run {
    ($store:ident, $work:expr, $client:ident => $body:expr) => {{
        let mut tries = $crate::store::postgres::failure::Tries::of($work);
        loop {
            let mut connection = $store.client().await?;
            let $client = &mut connection;
            match $body.await {
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
