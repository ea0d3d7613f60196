// SPDX-FileCopyrightText: Melder contributors
// SPDX-License-Identifier: EUPL-1.2

//! A document as one HTML page: no scripts, nothing loaded, to be opened and copied from.

use core::fmt::Write as _;

use crate::paper::{Block, Paper};

const STYLE: &str = "body{font:1rem/1.5 \"Fira Sans\",system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem;\
    color:#1a1a1a;background:#fff}h1{line-height:1.2}table{border-collapse:collapse;width:100%;margin:1rem 0}\
    th,td{text-align:left;vertical-align:top;padding:.4rem .6rem;border-bottom:1px solid #c8c8c8}.about{color:#595959}";

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
    out
}

fn block(out: &mut String, block: &Block) -> core::fmt::Result {
    match block {
        Block::Heading { level, text } => {
            let level = level.clamp(&1, &6);
            write!(out, "<h{level}>{}</h{level}>", escaped(text))
        }
        Block::Text { text } => write!(out, "<p>{}</p>", escaped(text)),
        Block::List { items } => {
            let items: String = items.iter().map(|item| format!("<li>{}</li>", escaped(item))).collect();
            write!(out, "<ul>{items}</ul>")
        }
        Block::Facts { rows } => {
            out.push_str("<table>");
            for (name, value) in rows {
                write!(
                    out,
                    "<tr><th scope=\"row\">{}</th><td>{}</td></tr>",
                    escaped(name),
                    escaped(value)
                )?;
            }
            write!(out, "</table>")
        }
        Block::Table { head, rows } => {
            out.push_str("<table><thead><tr>");
            for name in head {
                write!(out, "<th scope=\"col\">{}</th>", escaped(name))?;
            }
            out.push_str("</tr></thead><tbody>");
            for row in rows {
                let cells: String = row.iter().map(|cell| format!("<td>{}</td>", escaped(cell))).collect();
                write!(out, "<tr>{cells}</tr>")?;
            }
            write!(out, "</tbody></table>")
        }
    }
}

/// A document as a page.
#[must_use]
pub fn html(paper: &Paper) -> String {
    let (title, about) = (escaped(&paper.title), escaped(&paper.about));
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><style>{STYLE}</style></head><body><main><h1>{title}</h1><p class=\"about\">{about}</p>",
        paper.language.tag()
    );
    for one in &paper.blocks {
        // Writing to a text does not fail.
        let _ = block(&mut out, one);
        out.push('\n');
    }
    out.push_str("</main></body></html>\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    #[test]
    fn what_people_wrote_stays_text() {
        let paper = Paper {
            language: Language::De,
            title: "A <b>".into(),
            about: "\"&\"".into(),
            blocks: vec![Block::Facts {
                rows: vec![("<script>".into(), "x".into())],
            }],
        };
        let page = html(&paper);
        assert!(!page.contains("<script") && !page.contains("<b>"), "{page}");
        assert!(page.contains("&lt;script&gt;") && page.contains("&quot;&amp;&quot;"));
    }
}
