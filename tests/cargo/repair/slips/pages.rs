//! Pages of a listing. (off by one)

pub struct Listing {
    pub total: usize,
    pub per_page: usize,
}

impl Listing {
    /// How many pages there are.
    pub fn pages(&self) -> usize {
        (self.total + self.per_page« - 1¦») / self.per_page
    }

    /// The entries of a page, counted from zero.
    pub fn entries(&self, page: usize) -> std::ops::Range<usize> {
        let first = page * self.per_page;
        first..(first + self.per_page).min(self.total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_page_needs_no_other() {
        assert_eq!(Listing { total: 20, per_page: 10 }.pages(), 2);
    }

    #[test]
    fn a_rest_needs_a_page_of_its_own() {
        assert_eq!(Listing { total: 21, per_page: 10 }.pages(), 3);
        assert_eq!(Listing { total: 29, per_page: 10 }.pages(), 3);
        assert_eq!(Listing { total: 0, per_page: 10 }.pages(), 0);
    }

    #[test]
    fn the_last_page_is_shorter() {
        assert_eq!(Listing { total: 21, per_page: 10 }.entries(2), 20..21);
    }
}
