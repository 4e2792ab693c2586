//! Native kernels of rusta behind a C ABI.
//!
//! Every exported function is declared with [`abi::guard`] or cannot panic; a panic never crosses
//! the boundary. Callers check [`rusta_abi_version`] before anything else. A kernel is a new file
//! with its own exports; nothing has to be registered.

pub mod abi;
pub mod burst;
pub mod features;
pub mod hecate;
pub mod reservoir;

use std::ffi::c_char;

/// Raised by one whenever an exported signature changes its meaning.
pub const ABI_VERSION: u32 = 1;

/// The version of the exported interface.
#[no_mangle]
pub extern "C" fn rusta_abi_version() -> u32 {
    ABI_VERSION
}

/// Package version and build profile, NUL-terminated, valid for the life of the process.
#[no_mangle]
pub extern "C" fn rusta_build_info() -> *const c_char {
    #[cfg(debug_assertions)]
    const INFO: &str = concat!(env!("CARGO_PKG_VERSION"), " debug\0");
    #[cfg(not(debug_assertions))]
    const INFO: &str = concat!(env!("CARGO_PKG_VERSION"), " release\0");
    INFO.as_ptr().cast()
}

/// Writes the names of the CPU features kernels may choose by, separated by commas.
///
/// Returns the length of the whole text, which may be more than what fitted, or a negative error.
///
/// # Safety
/// `buffer` points to `size` writable bytes, or is null with `size` 0.
#[no_mangle]
pub unsafe extern "C" fn rusta_cpu_features(buffer: *mut u8, size: usize) -> i64 {
    abi::guard(|| {
        let text = features::detected().join(",");
        // SAFETY: the caller vouches for buffer and size.
        unsafe { abi::copy_out(text.as_bytes(), buffer, size) }
    })
}

/// Proves that this build keeps its promises: a panic becomes an error code, an error keeps its
/// code, and text is cut at the buffer's end. 0 is success; a negative value names what failed.
#[no_mangle]
pub extern "C" fn rusta_self_test() -> i32 {
    if abi::quietly(|| abi::guard(|| panic!("self test"))) != i64::from(abi::Error::Panicked.code())
    {
        return -1;
    }
    if abi::guard(|| Err(abi::Error::BadArgument)) != i64::from(abi::Error::BadArgument.code()) {
        return -2;
    }
    let mut buffer = [7u8; 4];
    // SAFETY: two of the four bytes are offered.
    let length = abi::guard(|| unsafe { abi::copy_out(b"abc", buffer.as_mut_ptr(), 2) });
    if length != 3 || buffer != [b'a', b'b', 7, 7] {
        return -3;
    }
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CStr;

    #[test]
    fn self_test_passes() {
        assert_eq!(rusta_self_test(), 0);
    }

    #[test]
    fn build_info_is_text_with_the_version() {
        // SAFETY: the function promises a NUL-terminated static text.
        let text = unsafe { CStr::from_ptr(rusta_build_info()) }.to_str().unwrap();
        assert!(text.starts_with(env!("CARGO_PKG_VERSION")));
    }

    #[test]
    fn features_report_their_whole_length_without_a_buffer() {
        // SAFETY: null with size 0 is allowed.
        let length = unsafe { rusta_cpu_features(std::ptr::null_mut(), 0) };
        assert_eq!(length, features::detected().join(",").len() as i64);
    }
}
