// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What can be typed. Names and shapes only: every word of help is in `locales/*/help.ftl`, put in by [`crate::help`].

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::texts::Language;

#[derive(Debug, Parser)]
#[command(
    name = "melder",
    version,
    disable_help_flag = true,
    disable_version_flag = true,
    disable_help_subcommand = true
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Clone, Args)]
pub struct Global {
    #[arg(
        long,
        global = true,
        value_name = "NAME|PATH",
        env = "MELDER_PROFILE",
        default_value = "default"
    )]
    pub profile: String,
    #[arg(long, global = true)]
    pub json: bool,
    #[arg(long, global = true, value_name = "de|en", env = "MELDER_LANG")]
    pub lang: Option<Language>,
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 10)]
    pub timeout: u64,
    #[arg(long, global = true)]
    pub offline: bool,
    #[arg(long, short = 'y', global = true)]
    pub yes: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    Serve(crate::serve::ServeArgs),
    Backup(crate::backup::BackupArgs),
    Demo(crate::demo::DemoArgs),
    Replay(crate::replay::ReplayArgs),
    #[command(hide = true)]
    ReplayWorker,
    Simulate(crate::simulate::SimulateArgs),
    Bench(crate::bench::BenchArgs),
    Admin(crate::admin::AdminArgs),
    Join(JoinArgs),
    Link(LinkArgs),
    Chats(ChatsArgs),
    Read(ReadArgs),
    Members(ChatArg),
    Contacts(ContactsArgs),
    Direct(PersonArg),
    Group(GroupArgs),
    Send(SendArgs),
    React(ReactArgs),
    Edit(EditArgs),
    Delete(MessageArg),
    Scheduled(ScheduledArgs),
    Alarm(AlarmArgs),
    Confirm(ConfirmArgs),
    AllClear(AllClearArgs),
    Reach(ReachArgs),
    Listen(ListenArgs),
    Download(DownloadArgs),
    Search(SearchArgs),
    Export(ExportArgs),
    Devices(DevicesArgs),
    Recovery(RecoveryArgs),
    Recover(RecoverArgs),
    Verify(VerifyArgs),
    VerifyDeletion(crate::deletion::VerifyDeletionArgs),
    Mute(MuteArgs),
    Pin(PinArgs),
    Accept(LinkTextArg),
    Leave(ChatArg),
    DeleteAccount,
    Whoami,
    PinCode(PinCodeArgs),
    Completions(CompletionsArgs),
}

#[derive(Debug, Args)]
pub struct ChatArg {
    #[arg(value_name = "CHAT")]
    pub chat: String,
}

#[derive(Debug, Args)]
pub struct PersonArg {
    #[arg(value_name = "PERSON")]
    pub person: String,
}

#[derive(Debug, Args)]
pub struct MessageArg {
    #[arg(value_name = "MESSAGE")]
    pub message: String,
}

#[derive(Debug, Args)]
pub struct LinkTextArg {
    #[arg(value_name = "LINK")]
    pub link: String,
}

#[derive(Debug, Args)]
pub struct JoinArgs {
    #[arg(value_name = "LINK")]
    pub link: String,
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub device_name: Option<String>,
}

#[derive(Debug, Args)]
pub struct LinkArgs {
    #[arg(value_name = "CODE")]
    pub code: Option<String>,
    #[arg(long, value_name = "URL", conflicts_with = "code")]
    pub server: Option<String>,
    #[arg(long, value_name = "NAME", conflicts_with = "code")]
    pub device_name: Option<String>,
    #[arg(long, value_name = "DIGITS", requires = "code")]
    pub number: Option<String>,
}

#[derive(Debug, Args)]
pub struct ChatsArgs {
    #[arg(long)]
    pub unread: bool,
}

#[derive(Debug, Args)]
pub struct ReadArgs {
    #[arg(value_name = "CHAT")]
    pub chat: String,
    #[arg(long, short = 'n', value_name = "NUMBER", default_value_t = 30)]
    pub limit: u32,
    #[arg(long, value_name = "SEQUENCE")]
    pub before: Option<u64>,
    #[arg(long)]
    pub keep_unread: bool,
}

#[derive(Debug, Args)]
pub struct ContactsArgs {
    #[arg(value_name = "WORDS")]
    pub words: Vec<String>,
}

#[derive(Debug, Args)]
pub struct GroupArgs {
    #[command(subcommand)]
    pub command: GroupCommand,
}

#[derive(Debug, Subcommand)]
pub enum GroupCommand {
    Create(GroupCreateArgs),
    Add(GroupAddArgs),
    Remove(GroupRemoveArgs),
    Rename(GroupRenameArgs),
    Leave(ChatArg),
}

#[derive(Debug, Args)]
pub struct GroupCreateArgs {
    #[arg(value_name = "NAME")]
    pub name: String,
    #[arg(value_name = "PERSON")]
    pub persons: Vec<String>,
    #[arg(long)]
    pub channel: bool,
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
}

#[derive(Debug, Args)]
pub struct GroupAddArgs {
    #[arg(value_name = "CHAT")]
    pub chat: String,
    #[arg(value_name = "PERSON", required = true)]
    pub persons: Vec<String>,
    #[arg(long, value_name = "ROLE", default_value = "member")]
    pub role: RoleArg,
}

#[derive(Debug, Args)]
pub struct GroupRemoveArgs {
    #[arg(value_name = "CHAT")]
    pub chat: String,
    #[arg(value_name = "PERSON", required = true)]
    pub persons: Vec<String>,
}

#[derive(Debug, Args)]
pub struct GroupRenameArgs {
    #[arg(value_name = "CHAT")]
    pub chat: String,
    #[arg(value_name = "NAME")]
    pub name: String,
    #[arg(long, value_name = "TEXT")]
    pub description: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RoleArg {
    Member,
    Publisher,
    Manage,
}

#[derive(Debug, Args)]
pub struct SendArgs {
    #[arg(value_name = "CHAT")]
    pub chat: String,
    #[arg(value_name = "TEXT|-")]
    pub text: Option<String>,
    #[arg(long = "file", short = 'f', value_name = "PATH")]
    pub files: Vec<PathBuf>,
    #[arg(long, requires = "files")]
    pub evidence: bool,
    #[arg(long, value_name = "MESSAGE")]
    pub reply: Option<String>,
    #[arg(long, value_name = "DURATION")]
    pub expires: Option<String>,
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
    #[arg(long, value_name = "TIME", num_args = 0..=1, require_equals = true)]
    #[expect(clippy::option_option, reason = "not asked for, asked for, asked for by a time")]
    pub ack: Option<Option<String>>,
    #[arg(long, value_name = "SECONDS")]
    pub wait: Option<u64>,
}

#[derive(Debug, Args)]
pub struct ReactArgs {
    #[arg(value_name = "MESSAGE")]
    pub message: String,
    #[arg(value_name = "EMOJI")]
    pub emoji: String,
}

#[derive(Debug, Args)]
pub struct EditArgs {
    #[arg(value_name = "MESSAGE")]
    pub message: String,
    #[arg(value_name = "TEXT|-")]
    pub text: String,
}

#[derive(Debug, Args)]
pub struct ScheduledArgs {
    #[command(subcommand)]
    pub command: ScheduledCommand,
}

#[derive(Debug, Subcommand)]
pub enum ScheduledCommand {
    List,
    Cancel(MessageArg),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UrgencyArg {
    Notice,
    Urgent,
    Emergency,
}

#[derive(Debug, Args)]
pub struct AlarmArgs {
    #[arg(value_name = "CHAT")]
    pub chat: String,
    #[arg(value_name = "TEXT|-")]
    pub text: String,
    #[arg(long, value_name = "URGENCY", default_value = "urgent")]
    pub urgency: UrgencyArg,
    #[arg(long, value_name = "TIME")]
    pub by: Option<String>,
    #[arg(long)]
    pub watch: bool,
}

#[derive(Debug, Args)]
pub struct ReachArgs {
    #[arg(value_name = "MESSAGE")]
    pub message: String,
    #[arg(long)]
    pub watch: bool,
}

#[derive(Debug, Args)]
pub struct ConfirmArgs {
    #[arg(value_name = "MESSAGE")]
    pub message: Option<String>,
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
}

#[derive(Debug, Args)]
pub struct AllClearArgs {
    #[arg(value_name = "MESSAGE")]
    pub message: String,
}

#[derive(Debug, Args)]
pub struct ListenArgs {
    #[arg(value_name = "CHAT")]
    pub chat: Option<String>,
    #[arg(long, value_name = "NUMBER")]
    pub count: Option<u64>,
    #[arg(long = "for", value_name = "DURATION")]
    pub duration: Option<String>,
    #[arg(long)]
    pub unread: bool,
}

#[derive(Debug, Args)]
pub struct DownloadArgs {
    #[arg(value_name = "MESSAGE")]
    pub message: String,
    #[arg(long, short = 'o', value_name = "FOLDER", default_value = ".")]
    pub output: PathBuf,
}

#[derive(Debug, Args)]
pub struct SearchArgs {
    #[arg(value_name = "WORDS", required = true)]
    pub words: Vec<String>,
    #[arg(long, short = 'n', value_name = "NUMBER", default_value_t = 50)]
    pub limit: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    Json,
    Text,
}

#[derive(Debug, Args)]
pub struct ExportArgs {
    #[arg(value_name = "CHAT")]
    pub chat: String,
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<ExportFormat>,
    #[arg(long, short = 'o', value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct DevicesArgs {
    #[command(subcommand)]
    pub command: DevicesCommand,
}

#[derive(Debug, Subcommand)]
pub enum DevicesCommand {
    List,
    Rename(DeviceRenameArgs),
    Remove(DeviceArg),
}

#[derive(Debug, Args)]
pub struct DeviceArg {
    #[arg(value_name = "DEVICE")]
    pub device: String,
}

#[derive(Debug, Args)]
pub struct DeviceRenameArgs {
    #[arg(value_name = "DEVICE")]
    pub device: String,
    #[arg(value_name = "NAME")]
    pub name: String,
}

#[derive(Debug, Args)]
pub struct RecoveryArgs {
    #[command(subcommand)]
    pub command: RecoveryCommand,
}

#[derive(Debug, Subcommand)]
pub enum RecoveryCommand {
    Create,
}

#[derive(Debug, Args)]
pub struct RecoverArgs {
    #[arg(value_name = "WORDS")]
    pub words: Vec<String>,
    #[arg(long, value_name = "URL")]
    pub server: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub device_name: Option<String>,
}

#[derive(Debug, Args)]
pub struct VerifyArgs {
    #[arg(value_name = "PERSON")]
    pub person: String,
    #[arg(long, value_name = "DIGITS")]
    pub number: Option<String>,
    #[arg(long, conflicts_with = "number")]
    pub revoke: bool,
}

#[derive(Debug, Args)]
pub struct MuteArgs {
    #[arg(value_name = "CHAT")]
    pub chat: String,
    #[arg(long = "for", value_name = "DURATION", conflicts_with = "off")]
    pub duration: Option<String>,
    #[arg(long)]
    pub off: bool,
}

#[derive(Debug, Args)]
pub struct PinArgs {
    #[arg(value_name = "CHAT")]
    pub chat: String,
    #[arg(long)]
    pub off: bool,
}

#[derive(Debug, Args)]
pub struct PinCodeArgs {
    #[command(subcommand)]
    pub command: PinCodeCommand,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub enum PinCodeCommand {
    Set,
    Remove,
}

#[derive(Debug, Args)]
pub struct CompletionsArgs {
    #[arg(value_name = "SHELL")]
    pub shell: clap_complete::Shell,
}
