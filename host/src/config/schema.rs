//! The JSON Schema of `tourbillon.toml`, for editors and for checking outside of the host.
//!
//! Adds nothing of its own to the raw tables but the defaults, which it takes from the checked types,
//! and the ranges in words.

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::types::{Grants, HostLimits, Limits, Policy};

use super::check::{Base, DEFAULT_NAME};
use super::kinds::{MODES, ON_LOST};
use super::limits::{Shown, show_host_limits, show_limits};
use super::{raw, units};

/// The JSON Schema (2020-12) of `tourbillon.toml`.
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<raw::File>().to_value();
    schema["title"] = "tourbillon.toml".into();
    for (definition, keys) in defaults() {
        let pointer = format!("/$defs/{definition}/properties");
        if let Some(Value::Object(properties)) = schema.pointer_mut(&pointer) {
            for (key, value) in keys {
                if let Some(Value::Object(property)) = properties.get_mut(key) {
                    property.insert("default".to_owned(), value);
                }
            }
        }
    }
    if let Some(Value::Object(definitions)) = schema.get_mut("$defs") {
        definitions.values_mut().for_each(tell_ranges);
    }
    schema["$defs"]["Manager"]["required"] = json!(["component"]);
    schema
}

/// The defaults of each table's keys.
fn defaults() -> Vec<(&'static str, Vec<(&'static str, Value)>)> {
    let of = |shown: Vec<Shown>| shown.into_iter().map(|s| (s.key, s.value.to_json())).collect();
    let limits: Vec<_> = of(show_limits(&Limits::default()));
    let Grants { clocks, random, environment, interfaces } = Grants::default();
    vec![
        ("Host", vec![("name", DEFAULT_NAME.into())]),
        ("HostLimits", of(show_host_limits(&HostLimits::default()))),
        ("Defaults", settings()),
        ("Manager", [settings(), vec![("config", json!({}))]].concat()),
        ("Limits", limits.clone()),
        ("RunLimits", limits),
        (
            "Grants",
            vec![
                ("clocks", clocks.into()),
                ("random", random.into()),
                ("environment", json!(environment)),
                ("interfaces", json!(interfaces)),
            ],
        ),
        ("Task", vec![("enabled", true.into()), ("on_lost", ON_LOST[0].0.into())]),
    ]
}

fn settings() -> Vec<(&'static str, Value)> {
    let Base { interval, mode, policy, .. } = Base::default();
    let Policy { quarantine_after, probe_every, delay, raise_on_error } = policy;
    let mode = MODES.iter().find(|(_, m)| *m == mode).map_or("", |(word, _)| word);
    vec![
        ("interval", units::show_time(interval).into()),
        ("instance", mode.into()),
        ("raise_on_error", raise_on_error.into()),
        ("quarantine_after", quarantine_after.into()),
        ("probe_every", probe_every.into()),
        ("delay_min", (*delay.start()).into()),
        ("delay_max", (*delay.end()).into()),
    ]
}

/// Ranges of times and sizes have no word in JSON Schema: they are told in the description.
fn tell_ranges(definition: &mut Value) {
    let Some(Value::Object(properties)) = definition.get_mut("properties") else { return };
    for property in properties.values_mut().filter_map(Value::as_object_mut) {
        if let Some(Value::String(range)) = property.remove("x-range") {
            describe(property, &format!("From {range}."));
        }
    }
}

fn describe(property: &mut Map<String, Value>, more: &str) {
    let text = property.get("description").and_then(Value::as_str).unwrap_or("");
    let text = format!("{text} {more}");
    property.insert("description".to_owned(), text.trim().into());
}
