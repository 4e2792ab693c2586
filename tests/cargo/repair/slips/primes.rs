//! Prime numbers. (a forgotten early return)

pub fn is_prime(n: u32) -> bool {
    «if n <= 1 {
        return false;
    }
    ¦»let mut divisor = 2;
    while divisor * divisor <= n {
        if n % divisor == 0 {
            return false;
        }
        divisor += 1;
    }
    true
}

pub fn primes_below(limit: u32) -> Vec<u32> {
    (0..limit).filter(|&n| is_prime(n)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_ones() {
        assert!(is_prime(2) && is_prime(3) && is_prime(97));
        assert!(!is_prime(4) && !is_prime(91));
    }

    #[test]
    fn one_and_zero_are_none() {
        assert_eq!(primes_below(12), [2, 3, 5, 7, 11]);
    }
}
