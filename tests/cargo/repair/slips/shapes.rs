//! Rectangles on a plane. (a wrong field)

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rect {
    pub left: i32,
    pub top: i32,
    pub width: i32,
    pub height: i32,
}

impl Rect {
    pub fn right(&self) -> i32 {
        self.left + self.width
    }

    pub fn bottom(&self) -> i32 {
        self.top + self.«height¦width»
    }

    pub fn contains(&self, x: i32, y: i32) -> bool {
        x >= self.left && x < self.right() && y >= self.top && y < self.bottom()
    }

    pub fn overlaps(&self, other: &Rect) -> bool {
        self.left < other.right() && other.left < self.right() && self.top < other.bottom() && other.top < self.bottom()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WIDE: Rect = Rect { left: 2, top: 1, width: 10, height: 3 };

    #[test]
    fn its_corners() {
        assert_eq!((WIDE.right(), WIDE.bottom()), (12, 4));
    }

    #[test]
    fn points() {
        assert!(WIDE.contains(2, 1));
        assert!(WIDE.contains(11, 3));
        assert!(!WIDE.contains(11, 4));
        assert!(WIDE.overlaps(&Rect { left: 0, top: 0, width: 3, height: 2 }));
    }
}
