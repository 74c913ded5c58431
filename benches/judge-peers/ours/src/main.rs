//! The judge, and parsing alone.

#[path = "../../pairs.rs"]
mod pairs;

use mesh_contract::judge::{Containment, Options, contains};
use pairs::{median, parse, tell};

fn main() {
    for pair in pairs::pairs() {
        let (sub, sup) = (parse(&pair.sub), parse(&pair.sup));
        let options = Options::default();
        let answer = match contains(&sub, &sup, &options).map(|report| report.containment) {
            Ok(Containment::Contained) => "contained",
            Ok(Containment::NotContained { .. }) => "not contained, with a witness",
            _ => "unproven",
        };
        let parsed = median(|| contains(&sub, &sup, &options));
        let whole = median(|| contains(&parse(&pair.sub), &parse(&pair.sup), &options));
        tell("judge", &pair, parsed, whole, answer);
        let alone = median(|| (parse(&pair.sub), parse(&pair.sup)));
        tell("parsing alone", &pair, alone, alone, "");
    }
}
