//! The weights of the models: a feature is a number, its bucket has eight weights, and two features that meet share one.

use std::borrow::Cow;

/// Weights of a bucket: one a label, so that a bucket never lies on two lines of the cache. A model with seven labels
/// has one to spare.
pub const STRIDE: usize = 8;
/// What is added to a weight where it is stored, so that none is below zero.
const RAISED: u8 = 128;
/// So many weights of a byte each fit into a sum of sixteen bits.
const SUMMED_MAX: usize = 256;

/// As many buckets as `COUNT`, a power of two.
#[derive(Debug, Clone)]
pub struct Buckets<const COUNT: usize>(Cow<'static, [u8]>);

/// Why bytes are no model.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a model of this version: {bytes} bytes, and {expected} are needed that begin with the mark {mark}"
)]
pub struct NoModel {
    bytes: usize,
    expected: usize,
    mark: &'static str,
}

/// The bucket of a feature, whose high bits are the good ones.
#[inline]
pub fn bucket<const COUNT: usize>(feature: u32) -> usize {
    (feature >> (32 - COUNT.trailing_zeros())) as usize
}

impl<const COUNT: usize> Buckets<COUNT> {
    /// Buckets without weights.
    pub fn none() -> Self {
        Self(Cow::Owned(vec![RAISED; COUNT * STRIDE]))
    }

    /// The numbers and the weights of a model's file, which [`write`] has made.
    ///
    /// # Errors
    /// [`NoModel`] when the mark or the length is another one.
    pub fn read<const NUMBERS: usize>(
        mark: &'static str,
        bytes: Cow<'static, [u8]>,
    ) -> Result<([i32; NUMBERS], Self), NoModel> {
        let head = mark.len() + 4 * NUMBERS;
        let expected = head + COUNT * STRIDE;
        if bytes.len() != expected || !bytes.starts_with(mark.as_bytes()) {
            return Err(NoModel { bytes: bytes.len(), expected, mark });
        }
        let numbers = bytes[mark.len()..head].as_chunks().0;
        let numbers = std::array::from_fn(|place| i32::from_le_bytes(numbers[place]));
        let weights = match bytes {
            Cow::Borrowed(bytes) => Cow::Borrowed(&bytes[head..]),
            Cow::Owned(mut bytes) => Cow::Owned(bytes.split_off(head)),
        };
        Ok((numbers, Self(weights)))
    }

    /// The sums of the weights of features, a label each.
    ///
    /// A bucket is read as one number. Its bytes, none of them below zero, are added up in lanes of sixteen bits, every
    /// other byte in one number and the rest in another: no label is added by itself, and a bucket that is not in the
    /// cache holds up no other one.
    #[inline]
    pub fn sums(&self, features: &[u32]) -> [i32; STRIDE] {
        const LANES: u64 = 0x00FF_00FF_00FF_00FF;
        let mut sums = [0; STRIDE];
        // never none: whoever made this has counted them
        let Some(buckets) = self.0.as_chunks::<STRIDE>().0.first_chunk::<COUNT>() else { return sums };
        for features in features.chunks(SUMMED_MAX) {
            let (mut even, mut odd) = (0_u64, 0_u64);
            for feature in features {
                let weights = u64::from_le_bytes(buckets[bucket::<COUNT>(*feature)]);
                even += weights & LANES;
                odd += weights >> 8 & LANES;
            }
            let raised = i32::from(RAISED) * i32::try_from(features.len()).unwrap_or_default();
            for (label, sum) in sums.iter_mut().enumerate() {
                let lanes = if label % 2 == 0 { even } else { odd };
                *sum += (lanes >> (label / 2 * 16) & 0xFFFF) as i32 - raised;
            }
        }
        sums
    }
}

/// The bytes of a model's file: its mark, numbers (four bytes each, the lowest first), weights (one each, raised by 128).
pub fn write(mark: &str, numbers: &[i32], weights: &[i8]) -> Vec<u8> {
    let mut bytes = mark.as_bytes().to_vec();
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    bytes.extend(weights.iter().map(|weight| weight.cast_unsigned() ^ RAISED));
    bytes
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::{Buckets, STRIDE, bucket, write};

    #[test]
    fn sums_are_those_of_the_weights() -> Result<(), super::NoModel> {
        let weights: Vec<i8> =
            (0..16 * STRIDE).map(|place| ((place * 37 % 255) as u8).cast_signed()).collect();
        let bytes = write("MARK", &[-5, 7], &weights);
        let (numbers, buckets) = Buckets::<16>::read::<2>("MARK", Cow::Owned(bytes))?;
        assert_eq!(numbers, [-5, 7]);
        let features: Vec<u32> = (0..1000).map(|number: u32| number.wrapping_mul(0x9E37_79B9)).collect();
        for count in [0, 1, 26, 256, 257, 1000] {
            let expected: [i32; STRIDE] = std::array::from_fn(|label| {
                let of = |feature: &u32| i32::from(weights[bucket::<16>(*feature) * STRIDE + label]);
                features[..count].iter().map(of).sum()
            });
            assert_eq!(buckets.sums(&features[..count]), expected, "{count}");
        }
        assert_eq!(Buckets::<16>::none().sums(&features), [0; STRIDE]);
        Ok(())
    }

    #[test]
    fn other_files_are_refused() {
        let read = |bytes: Vec<u8>| Buckets::<16>::read::<0>("MARK", Cow::Owned(bytes)).map(|_| ());
        assert_eq!(read(write("MARK", &[], &[0; 16 * STRIDE])), Ok(()));
        for wrong in [vec![], write("MARK", &[], &[0; 8]), write("KRAM", &[], &[0; 16 * STRIDE])] {
            assert!(read(wrong).is_err());
        }
    }
}
