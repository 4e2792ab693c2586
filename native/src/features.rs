//! What this CPU can do, by the names kernels choose their variants by.

/// Names of the detected features that matter to vector code, in a fixed order.
pub fn detected() -> Vec<&'static str> {
    let mut found = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        macro_rules! look {
            ($($name:tt),*) => {
                $(if std::arch::is_x86_feature_detected!($name) { found.push($name); })*
            };
        }
        look!("sse4.2", "avx", "avx2", "fma", "bmi2", "popcnt", "avx512f", "avx512bw");
    }
    #[cfg(target_arch = "aarch64")]
    {
        macro_rules! look {
            ($($name:tt),*) => {
                $(if std::arch::is_aarch64_feature_detected!($name) { found.push($name); })*
            };
        }
        look!("neon", "dotprod", "fp16", "bf16", "i8mm", "sve");
    }
    found
}

#[cfg(test)]
mod tests {
    #[test]
    fn implied_features_come_along() {
        let found = super::detected();
        if found.contains(&"avx2") {
            assert!(found.contains(&"avx"));
        }
    }
}
