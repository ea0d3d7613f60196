// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What a device needs to join: the roster, the accounts, the public side of the MLS group.

use std::collections::BTreeSet;

use melder_protocol::cbor::Bytes;
use melder_protocol::request::{GroupState, MlsState};
use melder_protocol::roster::Author;
use melder_protocol::{AccountId, Epoch, ErrorCode, GroupId, LogId, Refusal};

use crate::core::Work;
use crate::core::state::{GroupView, Who};
use crate::directory;

impl Work<'_> {
    pub(crate) fn group_state(
        &mut self,
        who: Who,
        group: GroupId,
        epoch: Option<Epoch>,
    ) -> Result<GroupState, Refusal> {
        let view = self.member_view(who, group)?;
        let mls = match view.row.epoch {
            None => None,
            Some(current) => Some(self.mls_state(&view, current, epoch)?),
        };
        let roster = self.tx.roster_changes(group)?;
        // Authors too: whoever verifies the roster needs the chains of those who changed it.
        let authors = roster.iter().filter_map(|signed| match signed.peek().ok()?.author {
            Author::Device(member) => Some(member.account),
            Author::Organisation => None,
        });
        let leaves = self.tx.leaves(group)?;
        let accounts: BTreeSet<AccountId> = view
            .roster
            .members()
            .map(|(account, _)| account)
            .chain(leaves.iter().map(|leaf| leaf.member.account))
            .chain(authors)
            .collect();
        let mut records = Vec::with_capacity(accounts.len());
        for account in accounts {
            records.extend(directory::record(self.tx, account)?);
        }
        Ok(GroupState {
            mls,
            roster,
            accounts: records,
            head: self.tx.head(LogId::Group(group))?,
        })
    }

    fn mls_state(&mut self, view: &GroupView, current: Epoch, asked: Option<Epoch>) -> Result<MlsState, Refusal> {
        let group = view.row.group;
        if let Some(asked) = asked.filter(|asked| *asked != current) {
            let row = self.tx.tree(group, asked)?.ok_or_else(|| Refusal {
                code: ErrorCode::EntriesGone,
                ..Refusal::wrong_epoch(current, view.row.began)
            })?;
            return Ok(MlsState {
                epoch: row.epoch,
                sequence: row.sequence,
                group_info: Bytes(Vec::new()),
                tree: Bytes(row.tree),
            });
        }
        let public = self.take_public(group)?;
        let tree = public
            .tree()
            .map_err(|error| Refusal::new(ErrorCode::Internal).hint(error.to_string()))?;
        self.put_public(group, public);
        let row = self
            .tx
            .public_group(group)?
            .ok_or_else(|| Refusal::new(ErrorCode::Internal))?;
        Ok(MlsState {
            epoch: current,
            sequence: view.row.began,
            group_info: Bytes(row.group_info),
            tree: Bytes(tree),
        })
    }
}
