//! That the schema, the example and the reader speak of the same keys and defaults.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value as Json;

use super::super::*;
use super::{EXAMPLE, parsed};
use crate::types::{Limits, Policy};

/// The definition that a property of the schema leads to, and whether under names of one's choice.
fn leads_to(property: &Json) -> Option<(String, bool)> {
    let last = |value: &Json| value["$ref"].as_str().map(str::to_owned);
    let name = |path: String| path.rsplit('/').next().unwrap_or_default().to_owned();
    match last(property) {
        Some(path) => Some((name(path), false)),
        None => last(&property["additionalProperties"]).map(|path| (name(path), true)),
    }
}

/// Notes each key of the document under the definition that it belongs to.
fn walk(
    schema: &Json,
    table: &Json,
    definition: &str,
    document: &Json,
    seen: &mut BTreeSet<String>,
) {
    for (key, value) in document.as_object().into_iter().flatten() {
        let property = &table["properties"][key];
        seen.insert(format!("{definition}.{key}"));
        if let Some(default) = property.get("default")
            && !matches!(key.as_str(), "config" | "limits" | "name")
        {
            let plain = |v: &Json| v.as_u64().map_or_else(|| v.to_string(), |n| n.to_string());
            assert_eq!(plain(value), plain(default), "the default of {definition}.{key}");
        }
        match leads_to(property) {
            Some((to, false)) => walk(schema, &schema["$defs"][&to], &to, value, seen),
            Some((to, true)) => {
                for (_, value) in value.as_object().into_iter().flatten() {
                    walk(schema, &schema["$defs"][&to], &to, value, seen);
                }
            }
            None => {}
        }
    }
}

#[test]
fn every_key_of_the_schema_stands_in_the_example_with_its_default() {
    let schema = schema();
    let document: Json =
        serde_json::to_value(toml::from_str::<toml::Table>(EXAMPLE).unwrap()).unwrap();
    let mut seen = BTreeSet::new();
    walk(&schema, &schema, "File", &document, &mut seen);
    let mut keys = BTreeSet::new();
    let tables = schema["$defs"].as_object().unwrap().iter().map(|(n, t)| (n.as_str(), t));
    for (name, table) in tables.chain([("File", &schema)]) {
        for (key, property) in table["properties"].as_object().unwrap() {
            keys.insert(format!("{name}.{key}"));
            let told = property["description"].as_str().is_some_and(|text| text.len() > 5);
            assert!(told || key == "limits", "{name}.{key} has no description");
        }
    }
    assert_eq!(keys.difference(&seen).collect::<Vec<_>>(), Vec::<&String>::new());
    assert!(keys.len() >= 80, "{}", keys.len());
}

#[test]
fn the_example_reads_as_all_defaults() {
    let config = parsed(EXAMPLE);
    assert_eq!(config.limits, HostLimits::default());
    let [janitor] = &config.managers[..] else { panic!("{config:?}") };
    assert_eq!(janitor.limits, Limits::default());
    assert_eq!(janitor.policy, Policy::default());
    assert_eq!(janitor.interval, Duration::from_secs(10));
}

#[test]
fn the_schema_has_ranges_and_refuses_unknown_keys() {
    let schema = schema();
    let fuel = &schema["$defs"]["Limits"]["properties"]["fuel"];
    assert_eq!((fuel["minimum"].as_u64(), fuel["default"].as_u64()), (Some(1), Some(100_000_000)));
    let memory = &schema["$defs"]["Limits"]["properties"]["memory"];
    assert!(memory["description"].as_str().unwrap().ends_with("From 64KiB to 4GiB."), "{memory}");
    for (name, table) in schema["$defs"].as_object().unwrap() {
        assert_eq!(table["additionalProperties"], false, "{name}");
    }
}
