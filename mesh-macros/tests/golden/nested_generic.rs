/// Some of many.
#[derive(DataType)]
pub struct Page<'a, K, T, M> {
    /// The items by key.
    items: BTreeMap<K, Vec<T>>,
    /// Where the next page starts.
    next: Option<&'a str>,
    #[serde(skip)]
    marker: PhantomData<M>,
}
