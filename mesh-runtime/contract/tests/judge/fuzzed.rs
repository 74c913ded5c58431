//! The fuzz target over bytes from a seed, so that nobody needs its toolchain to notice a mistake.

use crate::containment::cases;

#[path = "../../fuzz/src/harness.rs"]
mod harness;

#[test]
fn answers_about_schemas_from_random_bytes_hold() {
    let mut state = 0x2545_f491_4f6c_dd1du64;
    for _ in 0..cases() * 10 {
        let mut bytes = [0u8; 96];
        for byte in &mut bytes {
            // Xorshift.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            *byte = (state >> 32) as u8;
        }
        harness::judge(&bytes);
    }
}
