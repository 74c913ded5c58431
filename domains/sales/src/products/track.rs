//! `sales.products`: what is for sale.

use mesh_runtime::prelude::*;
use rust_decimal::Decimal;

use crate::Sales;
use crate::data::{Data, DataError, Row, TRACKS};

/// One track of the catalogue, as it is for sale today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, DataProduct)]
#[product(service = Sales::Products, name = "products", version = "1.0.0", kind = "source-aligned")]
#[product(purpose = "What the shop sells and for how much: the catalogue behind every order line.")]
#[product(availability = "99%", tags = ["music", "catalogue"], stability = "stable", example = Track::example)]
#[port(records)]
pub struct Track {
    /// Number of the track in the catalogue. It is never given twice.
    #[field(key, example = 1)]
    pub track_id: u32,
    /// Title of the track.
    #[field(example = "Balls to the Wall")]
    pub title: String,
    /// Title of the album that the track comes from.
    pub album: String,
    /// Who performs the album. A collection names its editors or `Various Artists`.
    pub artist: String,
    /// Kind of music, or of programme: the shop also sells episodes of television series.
    #[field(example = "Rock")]
    pub genre: String,
    /// How the file is encoded.
    pub media_type: MediaType,
    /// Who wrote it, in the words of the label: one name or several, in no agreed form. Left out where nobody noted it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub composer: Option<String>,
    /// How long the track plays.
    #[field(unit = "ms", example = 342562)]
    pub duration: u32,
    /// How big the file is.
    #[field(unit = "B", example = 5510424)]
    pub size: u64,
    /// Price of one copy.
    #[field(unit = "USD", decimal(10, 2), min = "0", term = "list price", example = "0.99")]
    pub price: Decimal,
}

/// How the file of a track is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, DataType)]
#[serde(rename_all = "kebab-case")]
pub enum MediaType {
    /// MPEG audio.
    MpegAudio,
    /// AAC audio.
    AacAudio,
    /// AAC audio under copy protection.
    ProtectedAacAudio,
    /// AAC audio that carries the name of its buyer.
    PurchasedAacAudio,
    /// MPEG-4 video under copy protection.
    ProtectedMpeg4Video,
}

impl Track {
    /// Every track of the catalogue, by number.
    ///
    /// # Errors
    /// When the catalogue cannot be read, with file, line and column.
    pub fn load(data: &Data) -> Result<Vec<Self>, DataError> {
        data.rows(TRACKS, |row| {
            Ok(Self {
                track_id: row.value("track_id")?,
                title: row.text("title")?,
                album: row.text("album")?,
                artist: row.text("artist")?,
                genre: row.text("genre")?,
                media_type: MediaType::read(row)?,
                composer: row.optional("composer")?,
                duration: row.value("milliseconds")?,
                size: row.value("bytes")?,
                price: row.value("unit_price")?,
            })
        })
    }

    fn example() -> Self {
        Self {
            track_id: 2,
            title: "Balls to the Wall".to_owned(),
            album: "Balls to the Wall".to_owned(),
            artist: "Accept".to_owned(),
            genre: "Rock".to_owned(),
            media_type: MediaType::ProtectedAacAudio,
            composer: None,
            duration: 342_562,
            size: 5_510_424,
            price: Decimal::new(99, 2),
        }
    }
}

impl MediaType {
    fn read(row: &Row<'_>) -> Result<Self, DataError> {
        Ok(match row.text("media_type")?.as_str() {
            "MPEG audio file" => Self::MpegAudio,
            "AAC audio file" => Self::AacAudio,
            "Protected AAC audio file" => Self::ProtectedAacAudio,
            "Purchased AAC audio file" => Self::PurchasedAacAudio,
            "Protected MPEG-4 video file" => Self::ProtectedMpeg4Video,
            other => return Err(row.bad("media_type", format!("`{other}` is no media type of the shop"))),
        })
    }
}
