use mesh_runtime::prelude::*;

/// A code.
#[derive(Serialize, Deserialize, JsonSchema, DataType)]
#[serde(into = "String", try_from = "String")]
#[derive(Clone)]
pub struct Code {
    /// Number.
    pub number: u32,
}

fn main() {}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.number.to_string()
    }
}

impl TryFrom<String> for Code {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(|number| Self { number })
    }
}
