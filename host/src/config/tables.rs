//! Tables of a configuration: one definition gives the struct, its keys, how it is read, and its part
//! of the JSON Schema.
//!
//! Knows nothing of what the keys mean. A key that is unknown is an error, with the key that was
//! probably meant; all mistakes of a file are found in one pass.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::kinds::{At, Kind, Place, another_kind, inline_schema};
use super::problem::{Problems, quoted};

/// A key that may be set.
#[derive(Debug)]
pub(crate) struct Key<T>(Option<At<T>>);

// Not derived: a key that is not set needs no default of its kind.
impl<T> Default for Key<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Key<T> {
    /// What was set, with its place.
    pub(crate) const fn at(&self) -> Option<&At<T>> {
        self.0.as_ref()
    }

    /// What was set.
    pub(crate) fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|at| &at.value)
    }
}

impl<T: JsonSchema> JsonSchema for Key<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }

    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// A table whose keys are known.
pub(crate) trait Table: Sized {
    /// Its keys.
    const KEYS: &'static [&'static str];

    /// Where a key is at home, for a writer who set it in the table `path`.
    fn home_of(key: &str, path: &str) -> Option<String>;

    /// Reads its keys.
    fn keys(reader: &mut Reader<'_>) -> Self;

    /// Reads it whole. `path` is its name, as `manager.janitor`.
    fn table(table: &DeTable<'_>, path: String, problems: &mut Problems) -> Self {
        let mut reader = Reader { table, path, problems };
        let read = Self::keys(&mut reader);
        reader.unknown::<Self>();
        read
    }
}

/// Defines a table: for each key its text for people, its kind and why its range is as it is. `homes` says
/// where the keys of other tables are at home.
macro_rules! keys {
    (
        $homes:path;
        $(#[$attribute:meta])*
        $name:ident { $($(#[$about:meta])* $key:ident: $kind:ty $(, $why:expr)?;)* }
    ) => {
        #[derive(Debug, Default)]
        $(#[$attribute])*
        pub(super) struct $name {
            $($(#[$about])* pub(super) $key: $crate::config::reading::Key<$kind>,)*
        }

        impl $crate::config::reading::Table for $name {
            const KEYS: &'static [&'static str] = &[$(stringify!($key)),*];

            fn home_of(key: &str, path: &str) -> Option<String> {
                $homes(key, path)
            }

            fn keys(reader: &mut $crate::config::reading::Reader<'_>) -> Self {
                Self { $($key: reader.key(stringify!($key), [$($why,)? ""][0]),)* }
            }
        }

        impl $crate::config::reading::Kind for $name {
            fn read(
                value: &toml::Spanned<toml::de::DeValue<'_>>,
                place: &$crate::config::reading::Place<'_>,
                problems: &mut $crate::config::reading::Problems,
            ) -> Option<Self> {
                $crate::config::reading::read_table(value, place, problems)
            }
        }
    };
}
pub(crate) use keys;

/// The same for a table of `tourbillon.toml`, of which there is a JSON Schema.
macro_rules! table {
    ($(#[$doc:meta])* $name:ident { $($keys:tt)* }) => {
        $crate::config::tables::keys! {
            $crate::config::raw::home_of;
            $(#[$doc])*
            #[derive(schemars::JsonSchema)]
            #[schemars(deny_unknown_fields, default)]
            $name { $($keys)* }
        }
    };
}
pub(super) use table;

/// Reads the keys of one table.
pub(crate) struct Reader<'a> {
    table: &'a DeTable<'a>,
    path: String,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    /// Reads one key.
    pub(crate) fn key<T: Kind>(&mut self, key: &str, why: &'static str) -> Key<T> {
        let Some(value) = self.table.get(key) else { return Key(None) };
        let place = Place { key, table: &self.path, why };
        let read = T::read(value, &place, self.problems);
        Key(read.map(|read| At { value: read, span: value.span() }))
    }

    /// Finds the keys that this table does not have.
    fn unknown<T: Table>(self) {
        for (key, value) in self.table {
            let name = key.get_ref().as_ref();
            if T::KEYS.contains(&name) {
                continue;
            }
            let table = match self.path.as_str() {
                "" => "the file has no".to_owned(),
                path => format!("[{path}] has no"),
            };
            let what = format!("{table} key {}", quoted(name));
            self.problems.add(key.span(), what, meant::<T>(name, value.get_ref(), &self.path));
        }
    }
}

/// What was probably meant by an unknown key.
fn meant<T: Table>(name: &str, value: &DeValue<'_>, path: &str) -> String {
    let plain = name.to_lowercase().replace('-', "_");
    if let Some(key) = closest(&plain, T::KEYS) {
        return format!("did you mean `{key}`?");
    }
    if let Some(home) = T::home_of(&plain, path) {
        return format!("`{plain}` is a key of {home}");
    }
    if let (DeValue::Table(_), Some(first)) = (value, path.strip_prefix("manager.")) {
        return format!("a name with a point stands in quotes: [manager.\"{first}.{name}\"]");
    }
    format!("the keys here are {}", T::KEYS.join(", "))
}

/// The key that is most like a name, if one is like enough.
pub(crate) fn closest<'k>(name: &str, keys: &[&'k str]) -> Option<&'k str> {
    // A name from a stranger may be long; nothing that long is a slip of the pen.
    if name.len() > 40 {
        return None;
    }
    keys.iter()
        .map(|key| (strsim::damerau_levenshtein(name, key), *key))
        .filter(|(distance, key)| *distance <= key.len().max(3) / 3)
        .min()
        .map(|(_, key)| key)
}

/// Reads a value that must be a table of known keys.
pub(crate) fn read_table<T: Table>(
    value: &Spanned<DeValue<'_>>,
    place: &Place<'_>,
    problems: &mut Problems,
) -> Option<T> {
    let path = path(place);
    as_table(value, place, problems).map(|table| T::table(table, path, problems))
}

fn as_table<'v, 'i>(
    value: &'v Spanned<DeValue<'i>>,
    place: &Place<'_>,
    problems: &mut Problems,
) -> Option<&'v DeTable<'i>> {
    if let DeValue::Table(table) = value.get_ref() {
        return Some(table);
    }
    let help = format!("write {} = {{ … }}, or a section [{}]", place.key, path(place));
    let refused = another_kind(value.get_ref(), place, "a table", help);
    problems.add(value.span(), refused.what, refused.help);
    None
}

/// The name of a table inside another one, as it is written in brackets.
fn path(place: &Place<'_>) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let key = if !place.key.is_empty() && place.key.chars().all(bare) {
        place.key.to_owned()
    } else {
        format!("{:?}", place.key)
    };
    if place.table.is_empty() { key } else { format!("{}.{key}", place.table) }
}

/// Tables of one kind under names of the writer's choice, in the order of the file.
#[derive(Debug, Default)]
pub(crate) struct Named<T>(pub(crate) Vec<(At<String>, T)>);

impl<T: Kind> Kind for Named<T> {
    fn read(
        value: &Spanned<DeValue<'_>>,
        place: &Place<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let path = path(place);
        let mut items = Vec::new();
        for (key, value) in as_table(value, place, problems)? {
            let name = key.get_ref().clone().into_owned();
            let place = Place { key: &name, table: &path, why: "" };
            if let Some(item) = T::read(value, &place, problems) {
                items.push((At { value: name, span: key.span() }, item));
            }
        }
        items.sort_by_key(|(name, _)| name.span.start);
        Some(Self(items))
    }
}

impl<T: JsonSchema> JsonSchema for Named<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        format!("Named{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "additionalProperties": generator.subschema_for::<T>(),
            "propertyNames": { "pattern": "^[a-z][a-z0-9._-]{0,63}$" },
        })
    }
}

/// Texts under names of the writer's choice; a number or a boolean is taken as its text.
#[derive(Debug, Default)]
pub(crate) struct Texts(pub(crate) BTreeMap<String, At<String>>);

impl Kind for Texts {
    fn read(
        value: &Spanned<DeValue<'_>>,
        place: &Place<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let mut texts = BTreeMap::new();
        for (key, value) in as_table(value, place, problems)? {
            let name = key.get_ref().as_ref();
            if let Some(text) = text_of(value.get_ref()) {
                texts.insert(name.to_owned(), At { value: text, span: value.span() });
            } else {
                let place = Place { key: name, ..place.clone() };
                let help = "guests are given texts: write the value in quotes";
                let refused = another_kind(value.get_ref(), &place, "a text", help);
                problems.add(value.span(), refused.what, refused.help);
            }
        }
        Some(Self(texts))
    }
}

/// A plain value as text: a number in decimal, without underscores.
fn text_of(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.clone().into_owned()),
        DeValue::Boolean(b) => Some(b.to_string()),
        DeValue::Integer(n) => {
            i128::from_str_radix(n.as_str(), n.radix()).ok().map(|n| n.to_string())
        }
        DeValue::Float(n) => Some(n.as_str().replace('_', "")),
        DeValue::Datetime(at) => Some(at.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

inline_schema!([] Texts => json_schema!({
    "type": "object",
    "additionalProperties": { "type": ["string", "number", "boolean"] },
}));

/// Any number of values of one kind, in their order.
#[derive(Debug, Default)]
pub(crate) struct Many<T>(pub(crate) Vec<At<T>>);

impl<T: Kind> Kind for Many<T> {
    fn read(
        value: &Spanned<DeValue<'_>>,
        place: &Place<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let DeValue::Array(items) = value.get_ref() else {
            let help = match value.get_ref() {
                DeValue::Table(_) => format!("write [[{}]], once for each", path(place)),
                _ => format!("write {} = [ … ]", place.key),
            };
            let refused = another_kind(value.get_ref(), place, "a list", help);
            problems.add(value.span(), refused.what, refused.help);
            return None;
        };
        let read = items.iter().filter_map(|item| {
            T::read(item, place, problems).map(|value| At { value, span: item.span() })
        });
        Some(Self(read.collect()))
    }
}

/// A list of texts.
#[derive(Debug, Default)]
pub(crate) struct List(pub(crate) Vec<At<String>>);

impl Kind for List {
    fn read(
        value: &Spanned<DeValue<'_>>,
        place: &Place<'_>,
        problems: &mut Problems,
    ) -> Option<Self> {
        let DeValue::Array(items) = value.get_ref() else {
            let help = format!("write {} = [\"…\", \"…\"]", place.key);
            let refused = another_kind(value.get_ref(), place, "a list of texts", help);
            problems.add(value.span(), refused.what, refused.help);
            return None;
        };
        let read = items.iter().filter_map(|item| {
            String::read(item, place, problems).map(|value| At { value, span: item.span() })
        });
        Some(Self(read.collect()))
    }
}

inline_schema!([] List => json_schema!({
    "type": "array", "uniqueItems": true, "items": { "type": "string" },
}));
