//! The predictor's C functions. A predictor is a pointer that its maker gives back with `rusta_hecate_mixing_free`.

use super::predictor::Predictor;
use crate::abi::{guard, Error};

const LEAST: usize = 10;
const MOST: usize = 26;

/// A new predictor with 2^bits slots of 32 bytes; null if `bits` is not 10 to 26 or memory is short.
#[no_mangle]
pub extern "C" fn rusta_hecate_mixing_new(bits: usize) -> *mut Predictor {
    if !(LEAST..=MOST).contains(&bits) {
        return std::ptr::null_mut();
    }
    match std::panic::catch_unwind(|| Predictor::new(bits as u32)) {
        Ok(Some(made)) => Box::into_raw(Box::new(made)),
        _ => std::ptr::null_mut(),
    }
}

/// Gives a predictor's memory back.
///
/// # Safety
/// `predictor` came from `rusta_hecate_mixing_new` and is not used again; null is allowed.
#[no_mangle]
pub unsafe extern "C" fn rusta_hecate_mixing_free(predictor: *mut Predictor) -> i64 {
    guard(|| {
        if !predictor.is_null() {
            // SAFETY: the caller vouches for the pointer.
            drop(unsafe { Box::from_raw(predictor) });
        }
        Ok(0)
    })
}

/// Reads `count` bytes and writes what each cost, in nats, to `costs`. `network`: count × 256 probabilities, or null.
/// `keep` 0: afterwards the predictor is as it was before.
///
/// # Safety
/// `predictor` is alive and used by nobody else; `bytes`, `costs` and, unless null, `network` have these sizes.
#[no_mangle]
pub unsafe extern "C" fn rusta_hecate_mixing_read(
    predictor: *mut Predictor,
    bytes: *const u8,
    count: usize,
    network: *const f32,
    costs: *mut f32,
    keep: usize,
) -> i64 {
    guard(|| {
        if predictor.is_null() || (count > 0 && (bytes.is_null() || costs.is_null())) {
            return Err(Error::BadArgument);
        }
        // SAFETY: the caller vouches for the pointers and sizes.
        let predictor = unsafe { &mut *predictor };
        let mark = (keep == 0).then(|| predictor.mark());
        for i in 0..count {
            // SAFETY: as above.
            unsafe {
                let row = (!network.is_null())
                    .then(|| std::slice::from_raw_parts(network.add(i * 256), 256));
                *costs.add(i) = predictor.read(*bytes.add(i), row);
            }
        }
        if let Some(mark) = mark {
            predictor.back(mark);
        }
        Ok(count as i64)
    })
}
