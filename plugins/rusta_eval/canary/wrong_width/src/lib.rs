//! A checksum whose sum is kept in a type too narrow for the result.

/// Fletcher's checksum over 16 bits.
pub fn checksum(data: &[u8]) -> u16 {
    let (mut low, mut high): (u16, u16) = (0, 0);
    for byte in data {
        low = (low + byte) % 255;
        high = (high + low) % 255;
    }
    (high << 8) | low
}
