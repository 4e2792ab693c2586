//! A set of flags in one number. (a bit mask that is not turned round)

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Flags(u8);

impl Flags {
    pub const READ: Flags = Flags(0b001);
    pub const WRITE: Flags = Flags(0b010);

    pub fn with(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }

    pub fn without(self, other: Flags) -> Flags {
        Flags(self.0 & «!¦»other.0)
    }

    pub fn has(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn put_together() {
        let both = Flags::READ.with(Flags::WRITE);
        assert!(both.has(Flags::READ) && both.has(Flags::WRITE));
        assert!(!Flags::READ.has(Flags::WRITE));
    }

    #[test]
    fn taken_away() {
        let both = Flags::READ.with(Flags::WRITE);
        assert_eq!(both.without(Flags::WRITE), Flags::READ);
        assert_eq!(Flags::READ.without(Flags::WRITE), Flags::READ);
    }
}
