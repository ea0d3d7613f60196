// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! History on its way between the devices of one account: to a device that was just linked, or over a gap.

use melder_content::{ArchiveOffer, HistoryAnswer, HistoryRequest, MessageId};
use melder_protocol::{DeviceId, GroupId, Member, Sequence, Time};

use crate::error::EngineError;
use crate::work::Work;

/// `new` was added to our own group: one of the other devices makes it an archive.
pub(crate) fn offer_to_new_device(_work: &mut Work<'_>, _new: DeviceId) -> Result<(), EngineError> {
    Err(EngineError::Damaged("not yet"))
}
/// This device could not read `from..=to` of a group: asks our other devices.
pub(crate) fn ask(_work: &mut Work<'_>, _group: GroupId, _from: Sequence, _to: Sequence) -> Result<(), EngineError> {
    Err(EngineError::Damaged("not yet"))
}
pub(crate) fn offered(_work: &mut Work<'_>, _sender: Member, _offer: &ArchiveOffer) -> Result<(), EngineError> {
    Err(EngineError::Damaged("not yet"))
}
pub(crate) fn answered(_work: &mut Work<'_>, _sender: Member, _answer: &HistoryAnswer) -> Result<(), EngineError> {
    Err(EngineError::Damaged("not yet"))
}
pub(crate) fn requested(_work: &mut Work<'_>, _sender: Member, _id: MessageId, _request: &HistoryRequest) -> Result<(), EngineError> {
    Err(EngineError::Damaged("not yet"))
}
/// Goes on making and reading archives, a piece at a time. Gives when it wants to be called again.
pub(crate) fn tick(_work: &mut Work<'_>) -> Result<Option<Time>, EngineError> {
    Err(EngineError::Damaged("not yet"))
}
pub(crate) fn arrived(_work: &mut Work<'_>, _file: crate::api::FileId) -> Result<(), EngineError> {
    Ok(())
}
pub(crate) fn tell_own_devices(_work: &mut Work<'_>, _content: melder_content::Content) -> Result<(), EngineError> {
    Ok(())
}
