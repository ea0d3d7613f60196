// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! SCIM filters (RFC 7644, 3.4.2.2): read into a tree, and held against a resource's JSON. Names of attributes know no
//! case; texts don't either, but for ids.

use serde_json::Value;

use super::names::ENTERPRISE;

/// Longer ones are no filters.
const MAX_LENGTH: usize = 4_096;
/// Parentheses, `not` and brackets inside each other.
const MAX_DEPTH: usize = 20;

/// A text that is no filter.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no filter: {0}")]
pub struct BadFilter(pub &'static str);

/// `attribute`, `attribute.part`, with a schema's name in front or without; in lower case.
pub type Path = Vec<String>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compare {
    Eq,
    Ne,
    Co,
    Sw,
    Ew,
    Gt,
    Ge,
    Lt,
    Le,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Not(Box<Self>),
    Is(Path, Compare, Value),
    Present(Path),
    /// One of the attribute's values fits.
    Any(Path, Box<Self>),
}

/// The parts of an attribute's name.
#[must_use]
pub fn path(name: &str) -> Path {
    let lower = name.to_ascii_lowercase();
    let enterprise = ENTERPRISE.to_ascii_lowercase();
    if let Some(rest) = lower.strip_prefix(&enterprise) {
        let rest = rest.trim_start_matches([':', '.']);
        let parts = rest.split('.').filter(|part| !part.is_empty()).map(str::to_owned);
        return std::iter::once(enterprise).chain(parts).collect();
    }
    let bare = match lower.strip_prefix("urn:") {
        Some(_) => lower.rsplit(':').next().unwrap_or_default(),
        None => &lower,
    };
    bare.split('.').map(str::to_owned).collect()
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Open,
    Close,
    OpenList,
    CloseList,
    Word(String),
    Text(String),
}

fn tokens(text: &str) -> Result<Vec<Token>, BadFilter> {
    if text.len() > MAX_LENGTH {
        return Err(BadFilter("too long"));
    }
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let single = match first {
            '(' => Some(Token::Open),
            ')' => Some(Token::Close),
            '[' => Some(Token::OpenList),
            ']' => Some(Token::CloseList),
            _ => None,
        };
        if let Some(token) = single {
            tokens.push(token);
            rest = &rest[1..];
        } else if first == '"' {
            let mut values = serde_json::Deserializer::from_str(rest).into_iter::<String>();
            let text = values
                .next()
                .and_then(Result::ok)
                .ok_or(BadFilter("a text without its end"))?;
            rest = &rest[values.byte_offset()..];
            tokens.push(Token::Text(text));
        } else {
            let end = rest
                .find(|c: char| c.is_whitespace() || "()[]\"".contains(c))
                .unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Ok(tokens)
}

/// Reads a filter.
///
/// # Errors
/// When it is none.
pub fn parse(text: &str) -> Result<Filter, BadFilter> {
    let mut reader = Reader {
        tokens: tokens(text)?.into_iter().peekable(),
        depth: 0,
    };
    let filter = reader.any_of()?;
    match reader.tokens.next() {
        None => Ok(filter),
        Some(_) => Err(BadFilter("something behind its end")),
    }
}

struct Reader {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    depth: usize,
}

impl Reader {
    fn word(&mut self, expected: &str) -> bool {
        let is_it = |token: &Token| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case(expected));
        self.tokens.next_if(is_it).is_some()
    }

    fn any_of(&mut self) -> Result<Filter, BadFilter> {
        let mut left = self.all_of()?;
        while self.word("or") {
            left = Filter::Or(Box::new(left), Box::new(self.all_of()?));
        }
        Ok(left)
    }

    fn all_of(&mut self) -> Result<Filter, BadFilter> {
        let mut left = self.one()?;
        while self.word("and") {
            left = Filter::And(Box::new(left), Box::new(self.one()?));
        }
        Ok(left)
    }

    fn within(&mut self, end: &Token) -> Result<Filter, BadFilter> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(BadFilter("too deep"));
        }
        let filter = self.any_of()?;
        self.depth -= 1;
        match self.tokens.next() {
            Some(token) if token == *end => Ok(filter),
            _ => Err(BadFilter("a bracket without its other half")),
        }
    }

    fn one(&mut self) -> Result<Filter, BadFilter> {
        if self.tokens.next_if_eq(&Token::Open).is_some() {
            return self.within(&Token::Close);
        }
        let Some(Token::Word(name)) = self.tokens.next() else {
            return Err(BadFilter("an attribute is missing"));
        };
        if name.eq_ignore_ascii_case("not") && self.tokens.next_if_eq(&Token::Open).is_some() {
            return Ok(Filter::Not(Box::new(self.within(&Token::Close)?)));
        }
        let path = path(&name);
        if self.tokens.next_if_eq(&Token::OpenList).is_some() {
            return Ok(Filter::Any(path, Box::new(self.within(&Token::CloseList)?)));
        }
        let Some(Token::Word(operator)) = self.tokens.next() else {
            return Err(BadFilter("an operator is missing"));
        };
        let compare = match operator.to_ascii_lowercase().as_str() {
            "pr" => return Ok(Filter::Present(path)),
            "eq" => Compare::Eq,
            "ne" => Compare::Ne,
            "co" => Compare::Co,
            "sw" => Compare::Sw,
            "ew" => Compare::Ew,
            "gt" => Compare::Gt,
            "ge" => Compare::Ge,
            "lt" => Compare::Lt,
            "le" => Compare::Le,
            _ => return Err(BadFilter("an operator that there is not")),
        };
        let value = match self.tokens.next() {
            Some(Token::Text(text)) => Value::String(text),
            Some(Token::Word(word)) => serde_json::from_str(&word.to_ascii_lowercase())
                .map_err(|_| BadFilter("a value that is neither text, number, true, false nor null"))?,
            _ => return Err(BadFilter("a value is missing")),
        };
        Ok(Filter::Is(path, compare, value))
    }
}

impl Filter {
    /// Does the resource fit?
    #[must_use]
    pub fn fits(&self, resource: &Value) -> bool {
        match self {
            Self::And(a, b) => a.fits(resource) && b.fits(resource),
            Self::Or(a, b) => a.fits(resource) || b.fits(resource),
            Self::Not(filter) => !filter.fits(resource),
            Self::Present(path) => values(resource, path).iter().any(|value| !is_empty(value)),
            Self::Any(path, filter) => values(resource, path).iter().any(|value| filter.fits(value)),
            Self::Is(path, Compare::Ne, value) => !is(resource, path, Compare::Eq, value),
            Self::Is(path, compare, value) => is(resource, path, *compare, value),
        }
    }

    /// The one value that an attribute must have, whatever else must be.
    #[must_use]
    pub fn narrow(&self, attribute: &str) -> Option<&str> {
        match self {
            Self::Is(path, Compare::Eq, Value::String(value)) if path.len() == 1 && path[0] == attribute => Some(value),
            Self::And(a, b) => a.narrow(attribute).or_else(|| b.narrow(attribute)),
            _ => None,
        }
    }

    /// Does it look at this attribute?
    #[must_use]
    pub fn names(&self, attribute: &str) -> bool {
        match self {
            Self::And(a, b) | Self::Or(a, b) => a.names(attribute) || b.names(attribute),
            Self::Not(filter) => filter.names(attribute),
            Self::Is(path, ..) | Self::Present(path) | Self::Any(path, _) => {
                path.first().is_some_and(|first| first == attribute)
            }
        }
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// What an object has under a name, whatever its case.
pub fn field<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    let map = value.as_object()?;
    map.iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

/// All values of an attribute: of lists, each one.
fn values<'v>(resource: &'v Value, path: &[String]) -> Vec<&'v Value> {
    let mut found = vec![resource];
    for part in path {
        found = found
            .into_iter()
            .filter_map(|value| field(value, part))
            .flat_map(|value| match value {
                Value::Array(list) => list.iter().collect(),
                other => vec![other],
            })
            .collect();
    }
    found
}

fn is(resource: &Value, path: &[String], compare: Compare, value: &Value) -> bool {
    let exact = matches!(path.last().map(String::as_str), Some("id" | "externalid" | "value"));
    values(resource, path).into_iter().any(|found| {
        // Of a list's things, their value counts.
        let found = field(found, "value").unwrap_or(found);
        matches(found, compare, value, exact)
    })
}

fn matches(found: &Value, compare: Compare, value: &Value, exact: bool) -> bool {
    match (found, value) {
        (Value::String(a), Value::String(b)) if exact => texts(a, compare, b),
        (Value::String(a), Value::String(b)) => texts(&a.to_lowercase(), compare, &b.to_lowercase()),
        // Some clients write true in quotes.
        (Value::Bool(a), Value::String(b)) if compare == Compare::Eq => b.eq_ignore_ascii_case(&a.to_string()),
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => match compare {
                Compare::Gt => a > b,
                Compare::Ge => a >= b,
                Compare::Lt => a < b,
                Compare::Le => a <= b,
                Compare::Eq => found == value,
                _ => false,
            },
            _ => false,
        },
        _ => compare == Compare::Eq && found == value,
    }
}

fn texts(a: &str, compare: Compare, b: &str) -> bool {
    match compare {
        Compare::Eq => a == b,
        Compare::Ne => a != b,
        Compare::Co => a.contains(b),
        Compare::Sw => a.starts_with(b),
        Compare::Ew => a.ends_with(b),
        // Times are written so that they stand in the order of their letters.
        Compare::Gt => a > b,
        Compare::Ge => a >= b,
        Compare::Lt => a < b,
        Compare::Le => a <= b,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn fits(filter: &str) -> bool {
        let ada = json!({"userName": "Ada.Koenig", "externalId": "E-1", "active": true, "title": "",
            "name": {"familyName": "König"}, "meta": {"lastModified": "2029-06-10T18:00:00Z"},
            "emails": [{"type": "work", "value": "ada@a.example"}, {"type": "home", "value": "a@b.example"}],
            ENTERPRISE: {"department": "Hall/Desk"}});
        parse(filter)
            .unwrap_or_else(|error| panic!("{filter}: {error}"))
            .fits(&ada)
    }

    #[test]
    fn filters_find_what_they_say() {
        for yes in [
            r#"userName eq "ada.koenig""#,
            r#"USERNAME EQ "Ada.Koenig""#,
            r#"userName sw "ada" and name.familyName co "NIG""#,
            r#"userName eq "x" or (active eq true and not (title pr))"#,
            r#"active eq "True""#,
            r#"emails[type eq "work" and value ew "@a.example"]"#,
            r#"emails co "b.example""#,
            r#"emails.type eq "home""#,
            r#"urn:ietf:params:scim:schemas:core:2.0:User:userName sw "ada""#,
            r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "hall/desk""#,
            r#"meta.lastModified ge "2029-01-01T00:00:00Z""#,
            r#"title ne "Boss""#,
            r#"nickName ne "x""#,
            r#"externalId eq "E-1""#,
            r#"userName eq "x" or userName eq "y" or userName pr"#,
        ] {
            assert!(fits(yes), "{yes}");
        }
        for no in [
            r#"userName eq "ada""#,
            r#"externalId eq "e-1""#,
            r#"emails[type eq "home" and value ew "@a.example"]"#,
            r#"nickName eq "x""#,
            r#"nickName pr"#,
            r#"active eq false"#,
            // `and` binds closer than `or`.
            r#"active eq false and userName pr or nickName pr"#,
            r#"meta.lastModified lt "2029-01-01T00:00:00Z""#,
        ] {
            assert!(!fits(no), "{no}");
        }
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        let deep = format!("{}a pr{}", "(".repeat(30), ")".repeat(30));
        let long = format!("a eq \"{}\"", "x".repeat(5_000));
        for bad in [
            "",
            "userName",
            "userName eq",
            "userName is \"a\"",
            "eq \"a\"",
            "(a pr",
            "a pr)",
            "a pr b pr",
            "a[b pr",
            "a eq \"b",
            "a eq b",
            "not a pr",
            "and",
            &deep,
            &long,
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused(text in "[a-z \"().\\[\\]\\\\é]{0,60}") {
            if let Ok(filter) = parse(&text) {
                let _ = filter.fits(&json!({"a": {"b": [1, "x"]}}));
            }
        }
    }
}
