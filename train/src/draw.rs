//! Rows of numbers from a seed (xorshift64*), so that training is the same everywhere.

/// The numbers.
pub(crate) struct Draw(u64);

impl Default for Draw {
    fn default() -> Self {
        Self(0x9E37_79B9_7F4A_7C15)
    }
}

impl Draw {
    /// The numbers of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(Self::default().0 ^ seed << 20)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33
    }

    /// Whether this one is the one of so many; never of none.
    pub(crate) fn one_in(&mut self, many: u64) -> bool {
        many > 0 && self.next().is_multiple_of(many)
    }

    /// Puts a list into another order.
    pub(crate) fn shuffle(&mut self, list: &mut [usize]) {
        for place in (1..list.len()).rev() {
            let other = usize::try_from(self.next()).unwrap_or_default() % (place + 1);
            list.swap(place, other);
        }
    }
}
