//! The boundary to C: error codes, and the guard that no panic passes.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Mutex;

/// What a guarded function can fail with; its code is what C sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// The code panicked; a fault of this library.
    Panicked,
    /// An argument is null, out of range or inconsistent.
    BadArgument,
}

impl Error {
    /// The negative number that stands for the error.
    pub const fn code(self) -> i32 {
        match self {
            Error::Panicked => -101,
            Error::BadArgument => -102,
        }
    }
}

/// Runs the body of an exported function: its value, or the code of its error or panic.
pub fn guard<F>(body: F) -> i64
where
    F: FnOnce() -> Result<i64, Error>,
{
    match panic::catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(value)) => value,
        Ok(Err(error)) => i64::from(error.code()),
        Err(_) => i64::from(Error::Panicked.code()),
    }
}

/// Runs something that panics on purpose without the message on standard error.
pub fn quietly<T>(body: impl FnOnce() -> T) -> T {
    static HOOK: Mutex<()> = Mutex::new(());
    let _alone = HOOK.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let before = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let value = body();
    panic::set_hook(before);
    value
}

/// Copies as much of `data` as fits; the length of all of it.
///
/// # Safety
/// `buffer` points to `size` writable bytes, or is null with `size` 0.
pub unsafe fn copy_out(data: &[u8], buffer: *mut u8, size: usize) -> Result<i64, Error> {
    if buffer.is_null() && size != 0 {
        return Err(Error::BadArgument);
    }
    let fitting = data.len().min(size);
    if fitting > 0 {
        // SAFETY: fitting is within both; the caller vouches for buffer.
        unsafe { std::ptr::copy_nonoverlapping(data.as_ptr(), buffer, fitting) };
    }
    Ok(data.len() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_its_code() {
        assert_eq!(quietly(|| guard(|| panic!("boom"))), -101);
    }

    #[test]
    fn a_value_and_an_error_pass() {
        assert_eq!(guard(|| Ok(5)), 5);
        assert_eq!(guard(|| Err(Error::BadArgument)), -102);
    }

    #[test]
    fn null_with_a_size_is_refused() {
        // SAFETY: copy_out must refuse before it writes.
        let result = unsafe { copy_out(b"x", std::ptr::null_mut(), 1) };
        assert_eq!(result, Err(Error::BadArgument));
    }
}
