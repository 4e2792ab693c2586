//! Who may do what. (a condition turned round)

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    Guest,
    Member,
    Admin,
}

pub struct User {
    pub role: Role,
    pub blocked: bool,
}

pub struct Page {
    pub public: bool,
    pub locked: bool,
}

impl User {
    pub fn may_read(&self, page: &Page) -> bool {
        page.public || (!self.blocked && self.role != Role::Guest)
    }

    pub fn may_edit(&self, page: &Page) -> bool {
        if «¦!»self.blocked {
            return false;
        }
        match self.role {
            Role::Guest => false,
            Role::Member => !page.locked,
            Role::Admin => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Page = Page { public: true, locked: false };
    const LOCKED: Page = Page { public: false, locked: true };

    #[test]
    fn reading() {
        assert!(User { role: Role::Guest, blocked: false }.may_read(&OPEN));
        assert!(!User { role: Role::Guest, blocked: false }.may_read(&LOCKED));
        assert!(User { role: Role::Member, blocked: false }.may_read(&LOCKED));
    }

    #[test]
    fn editing() {
        assert!(User { role: Role::Member, blocked: false }.may_edit(&OPEN));
        assert!(!User { role: Role::Member, blocked: false }.may_edit(&LOCKED));
        assert!(!User { role: Role::Admin, blocked: true }.may_edit(&OPEN));
    }
}
