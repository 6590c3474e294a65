//! Per-guest data of capabilities that an embedder brings: one value for each type.
//!
//! Knows nothing of what it holds. Nothing is allocated until a value is put in.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;

/// Values of any types, at most one of each.
#[derive(Default)]
pub struct Extensions(Option<Box<Values>>);

type Values = HashMap<TypeId, Box<dyn Any + Send + Sync>>;

impl Extensions {
    /// Puts a value in, in place of an earlier one of its type.
    pub fn insert<T: Any + Send + Sync>(&mut self, value: T) {
        self.0.get_or_insert_default().insert(TypeId::of::<T>(), Box::new(value));
    }

    /// The value of a type.
    pub fn get<T: Any>(&self) -> Option<&T> {
        self.0.as_ref()?.get(&TypeId::of::<T>())?.downcast_ref()
    }

    /// The value of a type, to change it.
    pub fn get_mut<T: Any>(&mut self) -> Option<&mut T> {
        self.0.as_mut()?.get_mut(&TypeId::of::<T>())?.downcast_mut()
    }
}

impl fmt::Debug for Extensions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Extensions({})", self.0.as_ref().map_or(0, |values| values.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_by_its_type_alone() {
        let mut values = Extensions::default();
        assert_eq!(values.get::<u32>(), None);
        values.insert(1_u32);
        values.insert("one");
        values.insert(2_u32);
        if let Some(n) = values.get_mut::<u32>() {
            *n += 1;
        }
        assert_eq!(values.get::<u32>(), Some(&3));
        assert_eq!(values.get::<&str>(), Some(&"one"));
        assert_eq!(values.get::<u64>(), None);
    }
}
