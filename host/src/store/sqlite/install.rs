//! Installing and removing a manager.
//!
//! A name is never forgotten: its row, its last tick, its runs by hand and its history stay (S21).

use rusqlite::params;

use super::fault::Fault;
use super::packed::Beat;
use super::pen::{Pen, int, trim_spans, write_span};
use super::{entries, packed};
use crate::store::{Install, Usage, checks};
use crate::types::{ManagerName, ManagerRow, TaskName, TaskRecord};

impl Pen<'_> {
    /// Writes an install, of a new name, of a removed one, or of one that is there.
    pub(super) fn install(&mut self, install: &Install) -> Result<(), Fault> {
        checks::install(install)?;
        let name = &install.manager;
        let mut row = install.row.clone();
        let (id, now) = match self.managers.get(self.conn, name.as_str())? {
            Some(known) => {
                checks::go_on(&mut row, known.tick, known.by_hand);
                (Some(known.id), known.usage)
            }
            None => (None, Usage::default()),
        };
        let plan = entries::plan(self.conn, id.unwrap_or(-1), &install.writes, now)?;
        checks::within_quota(name, install.quota, now, plan.after)?;

        self.touched = true;
        let id = match id {
            Some(id) => self.renew(id, install).map(|()| id)?,
            None => self.create(install)?,
        };
        plan.carry_out(self.conn, id)?;
        let tasks = self.replace_tasks(id, &install.tasks)?;
        self.managers.forget(name);
        if let Some(known) = self.managers.get(self.conn, name.as_str())? {
            known.usage = plan.after;
            known.set_tasks(&tasks);
            for span in &install.spans {
                write_span(self.conn, known, span)?;
            }
        }
        self.beat(name, &row)?;
        // What was read before the row was written is not what stands there now.
        self.managers.forget(name);
        Ok(())
    }

    fn create(&mut self, install: &Install) -> Result<i64, Fault> {
        let Install { manager, component, quota, history, .. } = install;
        self.conn
            .prepare_cached("INSERT INTO manager VALUES (NULL, ?1, 1, ?2, ?3, ?4, ?5, 0, 0)")?
            .execute(params![
                manager.as_str(),
                component.to_string(),
                int(quota.bytes)?,
                int(quota.keys)?,
                history
            ])?;
        let id = self.conn.last_insert_rowid();
        let row = ManagerRow::default();
        let nothing = packed::pack(&mut self.buffer, &Beat::of(&row))?;
        self.conn
            .prepare_cached("INSERT INTO beat VALUES (?1, 0, 0, 0, 0, 0, ?2)")?
            .execute(params![id, nothing])?;
        Ok(id)
    }

    /// A history that was shortened does not grow back: `history_floor` remembers how short it was.
    fn renew(&mut self, id: i64, install: &Install) -> Result<(), Fault> {
        let Install { manager, component, quota, history, .. } = install;
        let Some(known) = self.managers.get(self.conn, manager.as_str())? else { return Ok(()) };
        let kept = known.limit.min(i64::from(*history));
        let (floor, spans) = (known.floor.max(known.runs - kept), known.spans - kept);
        self.conn
            .prepare_cached(
                "UPDATE manager SET installed = 1, component = ?2, quota_bytes = ?3,
                     quota_keys = ?4, history_limit = ?5, history_floor = ?6 WHERE id = ?1",
            )?
            .execute(params![
                id,
                component.to_string(),
                int(quota.bytes)?,
                int(quota.keys)?,
                history,
                floor
            ])?;
        trim_spans(self.conn, id, spans)
    }

    /// Makes the rows of the tasks anew.
    fn replace_tasks(
        &mut self,
        id: i64,
        tasks: &[TaskRecord],
    ) -> Result<Vec<(TaskName, i64)>, Fault> {
        self.conn.prepare_cached("DELETE FROM task WHERE manager = ?1")?.execute([id])?;
        let mut insert = self
            .conn
            .prepare_cached("INSERT INTO task (manager, name, state) VALUES (?1, ?2, ?3)")?;
        let mut rows = Vec::with_capacity(tasks.len());
        for task in tasks {
            let state = packed::pack(&mut self.buffer, &packed::Task::of(task))?;
            insert.execute(params![id, task.name.as_str(), state])?;
            rows.push((task.name.clone(), self.conn.last_insert_rowid()));
        }
        Ok(rows)
    }

    /// Removes the state of a manager but for its last tick and its history. A name without state has
    /// nothing to remove.
    pub(super) fn remove(&mut self, name: &ManagerName) -> Result<(), Fault> {
        let known = self.managers.get(self.conn, name.as_str())?.filter(|known| known.installed);
        let Some(known) = known else { return Ok(()) };
        let (id, tick, by_hand) = (known.id, known.tick, known.by_hand);
        known.usage = Usage::default();
        self.touched = true;
        for sql in [
            "DELETE FROM task WHERE manager = ?1",
            "DELETE FROM entry WHERE manager = ?1",
            "UPDATE manager SET installed = 0 WHERE id = ?1",
        ] {
            self.conn.prepare_cached(sql)?.execute([id])?;
        }
        self.beat(name, &ManagerRow { tick, by_hand, ..ManagerRow::default() })?;
        self.managers.forget(name);
        Ok(())
    }
}
