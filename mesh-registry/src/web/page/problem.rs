//! The page of a problem, for whoever asked for a page.

use maud::{Markup, html};
use mesh_contract::wire::Problem;

use crate::web::component::paragraphs;
use crate::web::layout::{Frame, framed, search_form};

/// The page of a problem.
pub fn problem(problem: &Problem) -> Markup {
    let content = html! {
        section.problem {
            p.problem-status { (problem.status) }
            h1 { (problem.title) }
            @if !problem.detail.is_empty() { (paragraphs("lede", &problem.detail)) }
            @if let Some(pointer) = problem.pointer.as_deref().filter(|pointer| !pointer.is_empty()) {
                p { "At " code { (pointer) } }
            }
            (search_form("problem-search", ""))
            p { a href="/" { "To the home page" } " · " a href="/search" { "All products" } }
            p.quiet {
                code { (problem.kind) }
                @if let Some(id) = &problem.request_id { " · request " code { (id) } }
            }
        }
    };
    framed(&Frame { title: &problem.title, ..Frame::default() }, content)
}
