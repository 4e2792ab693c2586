use missing_bound::{largest, Matrix};

#[test]
fn the_product_is_right() {
    let a = Matrix::from_rows(&[&[1, 2], &[3, 4]]);
    let b = Matrix::from_rows(&[&[0, 1], &[1, 0]]);
    assert_eq!(a.times(&b), Some(Matrix::from_rows(&[&[2, 1], &[4, 3]])));
}

#[test]
fn shapes_that_do_not_fit_give_nothing() {
    let a = Matrix::from_rows(&[&[1, 2, 3]]);
    assert_eq!(a.times(&a), None);
    assert_eq!(a.times(&a.transposed()), Some(Matrix::from_rows(&[&[14]])));
}

#[test]
fn the_largest_value_is_found() {
    assert_eq!(largest(&Matrix::from_rows(&[&[1.5, -2.0], &[7.25, 0.0]])), Some(7.25));
    assert_eq!(largest(&Matrix::<i32>::from_rows(&[])), None);
}
