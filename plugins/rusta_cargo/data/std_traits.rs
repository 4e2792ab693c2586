// The items of the standard library's traits that people implement, as they write them.
// Read as data by rusta_cargo.repair.code.std_traits; never compiled. A body marks what an impl may leave out.
// `fmt::`, `io::` and `hash::` are spelled as the impl spells its trait.

pub trait PartialEq<Rhs = Self> { fn eq(&self, other: &Rhs) -> bool; fn ne(&self, other: &Rhs) -> bool {} }
pub trait PartialOrd<Rhs = Self> {
    fn partial_cmp(&self, other: &Rhs) -> Option<std::cmp::Ordering>;
    fn lt(&self, other: &Rhs) -> bool {}
    fn le(&self, other: &Rhs) -> bool {}
    fn gt(&self, other: &Rhs) -> bool {}
    fn ge(&self, other: &Rhs) -> bool {}
}
pub trait Ord { fn cmp(&self, other: &Self) -> std::cmp::Ordering; fn max(self, other: Self) -> Self {} fn min(self, other: Self) -> Self {} }
pub trait Hash { fn hash<H: std::hash::Hasher>(&self, state: &mut H); }
pub trait Clone { fn clone(&self) -> Self; fn clone_from(&mut self, source: &Self) {} }
pub trait Default { fn default() -> Self; }
pub trait Drop { fn drop(&mut self); }

pub trait Display { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result; }
pub trait Debug { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result; }
pub trait LowerHex { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result; }
pub trait UpperHex { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result; }
pub trait Octal { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result; }
pub trait Binary { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result; }
pub trait Pointer { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result; }

pub trait From<T> { fn from(value: T) -> Self; }
pub trait Into<T> { fn into(self) -> T; }
pub trait TryFrom<T> { type Error; fn try_from(value: T) -> Result<Self, Self::Error>; }
pub trait TryInto<T> { type Error; fn try_into(self) -> Result<T, Self::Error>; }
pub trait FromStr { type Err; fn from_str(s: &str) -> Result<Self, Self::Err>; }
pub trait AsRef<T> { fn as_ref(&self) -> &T; }
pub trait AsMut<T> { fn as_mut(&mut self) -> &mut T; }
pub trait Borrow<T> { fn borrow(&self) -> &T; }
pub trait BorrowMut<T> { fn borrow_mut(&mut self) -> &mut T; }
pub trait ToOwned { type Owned; fn to_owned(&self) -> Self::Owned; }
pub trait ToString { fn to_string(&self) -> String; }

pub trait Iterator { type Item; fn next(&mut self) -> Option<Self::Item>; fn size_hint(&self) -> (usize, Option<usize>) {} fn nth(&mut self, n: usize) -> Option<Self::Item> {} fn count(self) -> usize {} fn last(self) -> Option<Self::Item> {} }
pub trait DoubleEndedIterator { fn next_back(&mut self) -> Option<Self::Item>; }
pub trait ExactSizeIterator { fn len(&self) -> usize {} }
pub trait IntoIterator { type Item; type IntoIter; fn into_iter(self) -> Self::IntoIter; }
pub trait FromIterator<A> { fn from_iter<I: IntoIterator<Item = A>>(iter: I) -> Self; }
pub trait Extend<A> { fn extend<I: IntoIterator<Item = A>>(&mut self, iter: I); }

pub trait Deref { type Target; fn deref(&self) -> &Self::Target; }
pub trait DerefMut { fn deref_mut(&mut self) -> &mut Self::Target; }
pub trait Index<Idx> { type Output; fn index(&self, index: Idx) -> &Self::Output; }
pub trait IndexMut<Idx> { fn index_mut(&mut self, index: Idx) -> &mut Self::Output; }

pub trait Add<Rhs = Self> { type Output; fn add(self, rhs: Rhs) -> Self::Output; }
pub trait Sub<Rhs = Self> { type Output; fn sub(self, rhs: Rhs) -> Self::Output; }
pub trait Mul<Rhs = Self> { type Output; fn mul(self, rhs: Rhs) -> Self::Output; }
pub trait Div<Rhs = Self> { type Output; fn div(self, rhs: Rhs) -> Self::Output; }
pub trait Rem<Rhs = Self> { type Output; fn rem(self, rhs: Rhs) -> Self::Output; }
pub trait BitAnd<Rhs = Self> { type Output; fn bitand(self, rhs: Rhs) -> Self::Output; }
pub trait BitOr<Rhs = Self> { type Output; fn bitor(self, rhs: Rhs) -> Self::Output; }
pub trait BitXor<Rhs = Self> { type Output; fn bitxor(self, rhs: Rhs) -> Self::Output; }
pub trait Shl<Rhs = Self> { type Output; fn shl(self, rhs: Rhs) -> Self::Output; }
pub trait Shr<Rhs = Self> { type Output; fn shr(self, rhs: Rhs) -> Self::Output; }
pub trait Neg { type Output; fn neg(self) -> Self::Output; }
pub trait Not { type Output; fn not(self) -> Self::Output; }
pub trait AddAssign<Rhs = Self> { fn add_assign(&mut self, rhs: Rhs); }
pub trait SubAssign<Rhs = Self> { fn sub_assign(&mut self, rhs: Rhs); }
pub trait MulAssign<Rhs = Self> { fn mul_assign(&mut self, rhs: Rhs); }
pub trait DivAssign<Rhs = Self> { fn div_assign(&mut self, rhs: Rhs); }
pub trait RemAssign<Rhs = Self> { fn rem_assign(&mut self, rhs: Rhs); }
pub trait BitAndAssign<Rhs = Self> { fn bitand_assign(&mut self, rhs: Rhs); }
pub trait BitOrAssign<Rhs = Self> { fn bitor_assign(&mut self, rhs: Rhs); }
pub trait BitXorAssign<Rhs = Self> { fn bitxor_assign(&mut self, rhs: Rhs); }
pub trait ShlAssign<Rhs = Self> { fn shl_assign(&mut self, rhs: Rhs); }
pub trait ShrAssign<Rhs = Self> { fn shr_assign(&mut self, rhs: Rhs); }

pub trait Read { fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize>; }
pub trait Write { fn write(&mut self, buf: &[u8]) -> std::io::Result<usize>; fn flush(&mut self) -> std::io::Result<()>; fn write_str(&mut self, s: &str) -> std::fmt::Result; }
pub trait BufRead { fn fill_buf(&mut self) -> std::io::Result<&[u8]>; fn consume(&mut self, amt: usize); }
pub trait Seek { fn seek(&mut self, pos: std::io::SeekFrom) -> std::io::Result<u64>; }
pub trait Error { fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {} fn description(&self) -> &str {} fn cause(&self) -> Option<&dyn std::error::Error> {} }
pub trait Future { type Output; fn poll(self: std::pin::Pin<&mut Self>, cx: &mut std::task::Context<'_>) -> std::task::Poll<Self::Output>; }
pub trait Hasher { fn finish(&self) -> u64; fn write(&mut self, bytes: &[u8]); }
pub trait BuildHasher { type Hasher; fn build_hasher(&self) -> Self::Hasher; }
