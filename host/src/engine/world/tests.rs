//! What is let in, and what a refusal says.

use super::*;
use crate::engine::settings;

/// What capabilities serve in these tests.
const SERVED: [&str; 2] = ["acme:mail/send@1.0.0", "acme:mail/types@1.0.0"];

fn said(body: &str, grants: &Grants) -> String {
    let wat = format!(
        r#"(component {body}
          (instance $i) (export "tourbillon:manager/lifecycle@0.1.0" (instance $i)))"#
    );
    check(&wat, grants)
}

fn check(wat: &str, grants: &Grants) -> String {
    let engine = settings::resident().unwrap();
    let component = Component::new(&engine, wat::parse_str(wat).unwrap()).unwrap();
    let name = ManagerName::new("janitor").unwrap();
    check_world(&component, &SERVED, grants, &name)
        .map_or_else(|e| e.to_string(), |()| "welcome".into())
}

fn import(names: &[&str]) -> String {
    let lines: Vec<String> =
        names.iter().map(|name| format!("(import \"{name}\" (instance))")).collect();
    lines.concat()
}

#[test]
fn every_interface_of_the_world_is_let_in() {
    let world = include_str!("../../../../wit/manager.wit");
    let mut names: Vec<String> = world
        .lines()
        .filter_map(|l| l.trim().strip_prefix("import ")?.strip_suffix(';'))
        .map(|name| {
            if name.contains(':') {
                name.to_owned()
            } else {
                format!("tourbillon:manager/{name}@0.1.0")
            }
        })
        .collect();
    assert!(names.len() > 20, "{names:?}");
    names.push("wasi:io/streams@0.2.0".into());
    names.push("wasi:io/streams@0.2.6".into());
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    assert_eq!(said(&import(&names), &Grants::default()), "welcome");
}

#[test]
fn what_is_no_manager_is_told_what_it_exports() {
    let grants = Grants::default();
    insta::assert_snapshot!(check("(component)", &grants), @"the component is not a manager: it does not export tourbillon:manager/lifecycle@0.1.0; it exports nothing; build it for the world `tourbillon:manager/manager`, see `tourbillon new`");
    insta::assert_snapshot!(check(r#"(component (instance $i) (export "wasi:cli/run@0.2.0" (instance $i)))"#, &grants), @"the component is not a manager: it does not export tourbillon:manager/lifecycle@0.1.0; it exports wasi:cli/run@0.2.0; build it for the world `tourbillon:manager/manager`, see `tourbillon new`");
    insta::assert_snapshot!(check(r#"(component (instance $i) (export "tourbillon:manager/lifecycle@0.2.0" (instance $i)))"#, &grants), @"the component is a manager of another version: it exports tourbillon:manager/lifecycle@0.2.0, and this host serves tourbillon:manager/lifecycle@0.1.0; rebuild it with an SDK of this host's version");
}

#[test]
fn each_refused_import_is_named_with_the_line_that_would_grant_it() {
    let grants = Grants { clocks: false, random: false, ..Grants::default() };
    let names = [
        "wasi:clocks/wall-clock@0.2.3",
        "wasi:random/random@0.2.0",
        "wasi:filesystem/types@0.2.6",
        "wasi:http/outgoing-handler@0.2.6",
        "wasi:sockets/tcp@0.2.0",
        "acme:mail/send@1.0.0",
        "acme:vault/secrets@1.0.0",
        "tourbillon:manager/lifecycle@0.1.0",
        "tourbillon:manager/other@0.1.0",
        "plain",
    ];
    insta::assert_snapshot!(said(&import(&names), &grants), @r#"
    the component imports what it may not have:
      wasi:clocks/wall-clock@0.2.3: is denied by the configuration
      wasi:random/random@0.2.0: is denied by the configuration
      wasi:filesystem/types@0.2.6: is served by nothing on this host; keep data in wasi:keyvalue/store
      wasi:http/outgoing-handler@0.2.6: is served by nothing on this host: there is no network yet
      wasi:sockets/tcp@0.2.0: is never served; leave network connections to the host
      acme:mail/send@1.0.0: is not granted
      acme:vault/secrets@1.0.0: is served by nothing on this host: it takes a program that embeds the host and brings it
      tourbillon:manager/lifecycle@0.1.0: is what managers export: no manager can call another one
      tourbillon:manager/other@0.1.0: is no interface of tourbillon:manager@0.1.0
      plain: is not a versioned interface of a package
    to grant what can be granted, write under [manager.janitor]:
      grants = { clocks = true, random = true, interfaces = ["acme:mail/send@1.0.0"] }
    "#);
}

#[test]
fn another_version_is_refused_with_both_versions() {
    let mut grants = Grants::default();
    grants.interfaces.insert("acme:mail/send@1.0.0".into());
    let names = [
        "wasi:io/streams@0.2.13",
        "wasi:io/poll@0.3.0",
        "wasi:io/error@0.2.0-rc-2023-11-10",
        "wasi:keyvalue/store@0.2.0-draft2",
        "wasi:logging/logging@0.1.0",
        "wasi:config/store@0.2.0",
        "tourbillon:manager/context@0.1.1",
        "acme:mail/send@1.0.1",
    ];
    insta::assert_snapshot!(said(&import(&names), &grants), @r#"
    the component imports what it may not have:
      wasi:io/streams@0.2.13: is of version 0.2.13, and this host serves 0.2.0 to 0.2.12; build the component against that
      wasi:io/poll@0.3.0: is of version 0.3.0, and this host serves 0.2.0 to 0.2.12; build the component against that
      wasi:io/error@0.2.0-rc-2023-11-10: is of version 0.2.0-rc-2023-11-10, and this host serves 0.2.0 to 0.2.12; build the component against that
      wasi:keyvalue/store@0.2.0-draft2: is of version 0.2.0-draft2, and this host serves 0.2.0-draft; build the component against that
      wasi:logging/logging@0.1.0: is of version 0.1.0, and this host serves 0.1.0-draft; build the component against that
      wasi:config/store@0.2.0: is of version 0.2.0, and this host serves 0.2.0-rc.1; build the component against that
      tourbillon:manager/context@0.1.1: is of version 0.1.1, and this host serves 0.1.0; build the component against that
      acme:mail/send@1.0.1: is of version 1.0.1, and this host serves 1.0.0; build the component against that
    "#);
    assert_eq!(said(&import(&["acme:mail/send@1.0.0"]), &grants), "welcome");
}

#[test]
fn a_grant_of_what_nothing_serves_lets_nothing_in() {
    let mut grants = Grants::default();
    grants.interfaces.insert("acme:vault/secrets@1.0.0".into());
    let said = said(&import(&["acme:vault/secrets@1.0.0"]), &grants);
    assert!(said.contains("is served by nothing on this host"), "{said}");
}

#[test]
fn only_interfaces_may_be_imported() {
    let body =
        r#"(import "f" (func)) (import "m" (core module)) (import "t" (type (sub resource)))"#;
    insta::assert_snapshot!(said(body, &Grants::default()), @r#"
    the component imports what it may not have:
      f: is a function; a manager imports interfaces only
      m: is a core module; a manager imports interfaces only
      t: is a type; a manager imports interfaces only
    "#);
}

#[test]
fn a_long_list_is_cut() {
    let names: Vec<String> = (0..25).map(|n| format!("a:b/c{n}@1.0.0")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let said = said(&import(&names), &Grants::default());
    assert!(said.ends_with("… and 5 more") && said.lines().count() == 22, "{said}");
}
