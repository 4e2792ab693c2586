use wrong_width::checksum;

#[test]
fn known_values() {
    assert_eq!(checksum(b"abcde"), 0xC8F0);
    assert_eq!(checksum(b"abcdef"), 0x2057);
    assert_eq!(checksum(b""), 0);
}
