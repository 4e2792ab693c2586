use missing_arm::{run, Op};

#[test]
fn sums_are_computed() {
    assert_eq!(run(&[Op::Push(2), Op::Push(3), Op::Add]), Some(vec![5]));
    assert_eq!(run(&[Op::Add]), None);
}

#[test]
fn what_is_dropped_is_gone() {
    assert_eq!(run(&[Op::Push(2), Op::Push(3), Op::Drop]), Some(vec![2]));
}
