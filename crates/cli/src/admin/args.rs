// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! What can be typed after `melder admin`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::args::RoleArg;

#[derive(Debug, Args)]
pub struct AdminArgs {
    #[command(flatten)]
    pub connection: Connection,
    #[command(subcommand)]
    pub command: AdminCommand,
}

#[derive(Debug, Clone, Args)]
pub struct Connection {
    #[arg(long, global = true, value_name = "URL", env = "MELDER_SERVER")]
    pub server: Option<String>,
    #[arg(long, global = true, value_name = "TOKEN", env = "MELDER_TOKEN")]
    pub token: Option<String>,
    #[arg(long, global = true, value_name = "FILE", env = "MELDER_ADMIN_CONFIG")]
    pub config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum AdminCommand {
    Setup(SetupArgs),
    Me,
    Organisations(OrganisationsArgs),
    Units(UnitsArgs),
    Accounts(AccountsArgs),
    Invitations(InvitationsArgs),
    Groups(GroupsArgs),
    Operations(OperationsArgs),
    Policy(PolicyArgs),
    Devices(AccountArg),
    Tokens(TokensArgs),
    Deletions(DeletionsArgs),
    Audit(AuditArgs),
}

#[derive(Debug, Args)]
pub struct SetupArgs {
    #[arg(value_name = "LINK")]
    pub link: String,
    #[arg(long, value_name = "NAME")]
    pub organisation: String,
}

#[derive(Debug, Args)]
pub struct OrganisationsArgs {
    #[command(subcommand)]
    pub command: OrganisationsCommand,
}

impl OrganisationsArgs {
    /// Needs the server's token, not an organisation's.
    pub const fn is_server_wide(&self) -> bool {
        !matches!(self.command, OrganisationsCommand::Rename(_))
    }
}

#[derive(Debug, Subcommand)]
pub enum OrganisationsCommand {
    List,
    Create(OrganisationCreateArgs),
    Rename(NameArg),
    NewOwner(OrganisationArg),
}

#[derive(Debug, Args)]
pub struct OrganisationCreateArgs {
    #[arg(value_name = "NAME")]
    pub name: String,
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct OrganisationArg {
    #[arg(value_name = "ORGANISATION")]
    pub organisation: String,
}

#[derive(Debug, Args)]
pub struct NameArg {
    #[arg(value_name = "NAME")]
    pub name: String,
}

#[derive(Debug, Args)]
pub struct UnitsArgs {
    #[command(subcommand)]
    pub command: UnitsCommand,
}

#[derive(Debug, Subcommand)]
pub enum UnitsCommand {
    List,
    Create(UnitCreateArgs),
    Rename(UnitRenameArgs),
    Move(UnitMoveArgs),
    Delete(UnitArg),
}

#[derive(Debug, Args)]
pub struct UnitCreateArgs {
    #[arg(value_name = "NAME")]
    pub name: String,
    #[arg(long, value_name = "UNIT")]
    pub parent: Option<String>,
}

#[derive(Debug, Args)]
pub struct UnitRenameArgs {
    #[arg(value_name = "UNIT")]
    pub unit: String,
    #[arg(value_name = "NAME")]
    pub name: String,
}

#[derive(Debug, Args)]
pub struct UnitMoveArgs {
    #[arg(value_name = "UNIT")]
    pub unit: String,
    #[arg(value_name = "UNIT", required_unless_present = "root")]
    pub parent: Option<String>,
    #[arg(long, conflicts_with = "parent")]
    pub root: bool,
}

#[derive(Debug, Args)]
pub struct UnitArg {
    #[arg(value_name = "UNIT")]
    pub unit: String,
}

#[derive(Debug, Args)]
pub struct AccountsArgs {
    #[command(subcommand)]
    pub command: AccountsCommand,
}

#[derive(Debug, Subcommand)]
pub enum AccountsCommand {
    List(AccountsListArgs),
    Show(AccountArg),
    Create(AccountCreateArgs),
    Import(ImportArgs),
    Rename(AccountRenameArgs),
    Move(AccountMoveArgs),
    Ends(AccountEndsArgs),
    Suspend(AccountArg),
    Resume(AccountArg),
    Reset(InviteArgs),
    Delete(AccountArg),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KindArg {
    Staff,
    Guest,
    Bot,
    Private,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum StatusArg {
    Invited,
    Active,
    Suspended,
}

impl KindArg {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Guest => "guest",
            Self::Bot => "bot",
            Self::Private => "private",
        }
    }
}

impl StatusArg {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

impl RoleArg {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Publisher => "publisher",
            Self::Manage => "manage",
        }
    }
}

#[derive(Debug, Args)]
pub struct AccountsListArgs {
    #[arg(value_name = "WORDS")]
    pub words: Vec<String>,
    #[arg(long, value_name = "UNIT")]
    pub unit: Option<String>,
    #[arg(long, value_name = "KIND")]
    pub kind: Option<KindArg>,
    #[arg(long, value_name = "STATUS")]
    pub status: Option<StatusArg>,
    #[arg(long, value_name = "OPERATION")]
    pub operation: Option<String>,
}

#[derive(Debug, Args)]
pub struct AccountArg {
    #[arg(value_name = "ACCOUNT")]
    pub account: String,
}

#[derive(Debug, Args)]
pub struct AccountCreateArgs {
    #[arg(value_name = "NAME")]
    pub name: String,
    #[arg(long, value_name = "KIND", default_value = "staff")]
    pub kind: KindArg,
    #[arg(long, value_name = "UNIT")]
    pub unit: Option<String>,
    #[arg(long, value_name = "TEXT")]
    pub function: Option<String>,
    #[arg(long, value_name = "OPERATION")]
    pub operation: Option<String>,
    #[arg(long, value_name = "TIME")]
    pub ends: Option<String>,
    #[arg(long)]
    pub invite: bool,
}

#[derive(Debug, Args)]
pub struct ImportArgs {
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[arg(long)]
    pub dry_run: bool,
    #[arg(long, value_name = "ENCODING")]
    pub encoding: Option<String>,
    #[arg(long)]
    pub create_units: bool,
    #[arg(long)]
    pub invitations: bool,
    #[arg(long, value_name = "TIME", requires = "invitations")]
    pub expires: Option<String>,
    #[arg(long, value_name = "OPERATION")]
    pub operation: Option<String>,
    #[arg(long, short = 'o', value_name = "FILE", requires = "invitations")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct AccountRenameArgs {
    #[arg(value_name = "ACCOUNT")]
    pub account: String,
    #[arg(value_name = "NAME")]
    pub name: String,
}

#[derive(Debug, Args)]
pub struct AccountMoveArgs {
    #[arg(value_name = "ACCOUNT")]
    pub account: String,
    #[arg(value_name = "UNIT")]
    pub unit: String,
}

#[derive(Debug, Args)]
pub struct AccountEndsArgs {
    #[arg(value_name = "ACCOUNT")]
    pub account: String,
    #[arg(value_name = "TIME")]
    pub time: String,
}

#[derive(Debug, Args)]
pub struct InviteArgs {
    #[arg(value_name = "ACCOUNT")]
    pub account: String,
    #[arg(long, value_name = "TIME")]
    pub expires: Option<String>,
}

#[derive(Debug, Args)]
pub struct InvitationsArgs {
    #[command(subcommand)]
    pub command: InvitationsCommand,
}

#[derive(Debug, Subcommand)]
pub enum InvitationsCommand {
    Create(InviteArgs),
    Poster(PosterArgs),
    List,
    Withdraw(InvitationArg),
}

#[derive(Debug, Args)]
pub struct InvitationArg {
    #[arg(value_name = "INVITATION")]
    pub invitation: String,
}

#[derive(Debug, Args)]
pub struct PosterArgs {
    #[arg(long, value_name = "KIND", default_value = "guest")]
    pub kind: KindArg,
    #[arg(long = "group", value_name = "GROUP")]
    pub groups: Vec<String>,
    #[arg(long, value_name = "UNIT")]
    pub unit: Option<String>,
    #[arg(long, value_name = "OPERATION")]
    pub operation: Option<String>,
    #[arg(long, value_name = "TIME")]
    pub ends: Option<String>,
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    pub limit: u32,
    #[arg(long)]
    pub for_existing: bool,
    #[arg(long, value_name = "TIME")]
    pub expires: Option<String>,
    #[arg(long, value_name = "FILE")]
    pub svg: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct GroupsArgs {
    #[command(subcommand)]
    pub command: GroupsCommand,
}

#[derive(Debug, Subcommand)]
pub enum GroupsCommand {
    List(GroupsListArgs),
    Create(GroupCreateArgs),
    Rename(GroupRenameArgs),
    Members(GroupArg),
    Add(GroupAddArgs),
    Remove(GroupRemoveArgs),
    Rules(RulesArgs),
    Close(GroupArg),
}

#[derive(Debug, Args)]
pub struct GroupsListArgs {
    #[arg(long, value_name = "OPERATION")]
    pub operation: Option<String>,
}

#[derive(Debug, Args)]
pub struct GroupArg {
    #[arg(value_name = "GROUP")]
    pub group: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SuiteArg {
    Hybrid,
    Classical,
}

#[derive(Debug, Args)]
pub struct GroupCreateArgs {
    #[arg(value_name = "NAME")]
    pub name: String,
    #[arg(long)]
    pub channel: bool,
    #[arg(long, value_name = "OPERATION")]
    pub operation: Option<String>,
    #[arg(long, value_name = "SUITE")]
    pub suite: Option<SuiteArg>,
    #[arg(long = "unit", value_name = "UNIT")]
    pub units: Vec<String>,
    #[arg(long = "publisher-unit", value_name = "UNIT")]
    pub publisher_units: Vec<String>,
    #[arg(long = "account", value_name = "ACCOUNT")]
    pub accounts: Vec<String>,
    #[arg(long = "publisher", value_name = "ACCOUNT")]
    pub publishers: Vec<String>,
}

#[derive(Debug, Args)]
pub struct GroupRenameArgs {
    #[arg(value_name = "GROUP")]
    pub group: String,
    #[arg(value_name = "NAME")]
    pub name: String,
}

#[derive(Debug, Args)]
pub struct GroupAddArgs {
    #[arg(value_name = "GROUP")]
    pub group: String,
    #[arg(value_name = "ACCOUNT", required = true)]
    pub accounts: Vec<String>,
    #[arg(long, value_name = "ROLE", default_value = "member")]
    pub role: RoleArg,
}

#[derive(Debug, Args)]
pub struct GroupRemoveArgs {
    #[arg(value_name = "GROUP")]
    pub group: String,
    #[arg(value_name = "ACCOUNT", required = true)]
    pub accounts: Vec<String>,
}

#[derive(Debug, Args)]
pub struct RulesArgs {
    #[arg(value_name = "GROUP")]
    pub group: String,
    #[arg(long = "unit", value_name = "UNIT")]
    pub units: Vec<String>,
    #[arg(long = "publisher-unit", value_name = "UNIT")]
    pub publisher_units: Vec<String>,
    #[arg(long = "without-unit", value_name = "UNIT")]
    pub without_units: Vec<String>,
}

#[derive(Debug, Args)]
pub struct OperationsArgs {
    #[command(subcommand)]
    pub command: OperationsCommand,
}

#[derive(Debug, Subcommand)]
pub enum OperationsCommand {
    List,
    Create(OperationCreateArgs),
    Change(OperationChangeArgs),
    End(OperationArg),
}

#[derive(Debug, Args)]
pub struct OperationCreateArgs {
    #[arg(value_name = "NAME")]
    pub name: String,
    #[arg(long, value_name = "TIME")]
    pub ends: String,
}

#[derive(Debug, Args)]
pub struct OperationChangeArgs {
    #[arg(value_name = "OPERATION")]
    pub operation: String,
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
    #[arg(long, value_name = "TIME")]
    pub ends: Option<String>,
}

#[derive(Debug, Args)]
pub struct OperationArg {
    #[arg(value_name = "OPERATION")]
    pub operation: String,
}

#[derive(Debug, Args)]
pub struct PolicyArgs {
    #[command(subcommand)]
    pub command: PolicyCommand,
}

#[derive(Debug, Subcommand)]
pub enum PolicyCommand {
    Show,
    Set(PolicySetArgs),
}

#[derive(Debug, Args)]
pub struct PolicySetArgs {
    #[arg(value_name = "FIELD=VALUE", required = true)]
    pub fields: Vec<String>,
}

#[derive(Debug, Args)]
pub struct TokensArgs {
    #[command(subcommand)]
    pub command: TokensCommand,
}

#[derive(Debug, Subcommand)]
pub enum TokensCommand {
    List,
    Create(TokenCreateArgs),
    Revoke(TokenArg),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ScopeArg {
    Owner,
    Accounts,
    Groups,
    Operations,
    Audit,
    Directory,
}

#[derive(Debug, Args)]
pub struct TokenCreateArgs {
    #[arg(value_name = "NAME")]
    pub name: String,
    #[arg(long = "scope", value_name = "SCOPE", required = true)]
    pub scopes: Vec<ScopeArg>,
    #[arg(long, value_name = "TIME")]
    pub expires: Option<String>,
}

#[derive(Debug, Args)]
pub struct TokenArg {
    #[arg(value_name = "TOKEN-NAME")]
    pub token_name: String,
}

#[derive(Debug, Args)]
pub struct DeletionsArgs {
    #[arg(value_name = "ACCOUNT-ID")]
    pub account: Option<String>,
}

#[derive(Debug, Args)]
pub struct AuditArgs {
    #[arg(long)]
    pub check: bool,
}
