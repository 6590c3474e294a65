//! The comments of a part of a scenario's file, for whoever takes that part out.

use toml_edit::visit::{Visit, visit_array, visit_inline_table, visit_table, visit_value};
use toml_edit::{Array, Decor, InlineTable, Item, RawString, Table, TableLike, Value};

/// The comments on a key and in what stands under it, a line for each, in their order.
pub(super) fn of(key: &Decor, item: &Item) -> String {
    let mut comments = Comments::default();
    comments.take(key.prefix());
    comments.visit_item(item);
    comments.0
}

/// The comments within a value, without those above it and beside it.
pub(super) fn inside(value: &Value) -> Option<String> {
    let mut comments = Comments::default();
    visit_value(&mut comments, value);
    Some(comments.0).filter(|comments| !comments.is_empty())
}

#[derive(Default)]
struct Comments(String);

impl Comments {
    fn take(&mut self, text: Option<&RawString>) {
        let text = text.and_then(RawString::as_str).unwrap_or_default();
        for line in text.lines().map(str::trim).filter(|line| line.starts_with('#')) {
            self.0.push_str(line);
            self.0.push('\n');
        }
    }

    fn around(&mut self, decor: &Decor, inside: impl FnOnce(&mut Self)) {
        self.take(decor.prefix());
        inside(self);
        self.take(decor.suffix());
    }
}

impl<'doc> Visit<'doc> for Comments {
    fn visit_table_like(&mut self, table: &'doc dyn TableLike) {
        for (name, item) in table.iter() {
            self.take(table.key(name).and_then(|key| key.leaf_decor().prefix()));
            self.visit_item(item);
        }
    }

    fn visit_table(&mut self, table: &'doc Table) {
        self.take(table.decor().prefix());
        self.take(table.decor().suffix());
        visit_table(self, table);
    }

    fn visit_value(&mut self, value: &'doc Value) {
        self.around(value.decor(), |comments| visit_value(comments, value));
    }

    fn visit_array(&mut self, array: &'doc Array) {
        visit_array(self, array);
        self.take(Some(array.trailing()));
    }

    fn visit_inline_table(&mut self, table: &'doc InlineTable) {
        visit_inline_table(self, table);
        self.take(Some(table.trailing()));
    }
}
