//! The page where people sign in.

use maud::{Markup, html};

use crate::web::layout::{Frame, framed};
use crate::web::url;

/// The page where people sign in, to go on at `next`; with what went wrong the last time.
pub fn sign_in(next: &str, problem: Option<&str>) -> Markup {
    let content = html! {
        header.page-head {
            h1 { "Sign in" }
            p.lede { "This registry shows what it knows to those whom it knows." }
        }
        @if let Some(problem) = problem {
            p.warn role="alert" #problem { (problem) }
        }
        form.form action=(url::SIGN_IN) method="post" {
            input type="hidden" name="next" value=(next);
            p {
                label for="token" { "Token" }
                input #token type="password" name="token" required autocomplete="off" spellcheck="false" maxlength="256"
                    aria-describedby=[problem.map(|_| "problem")];
            }
            p { button type="submit" { "Sign in" } }
        }
        p.quiet {
            "You have none? Ask whoever runs the registry, or an owner of your domain. The first administrator's token stands in "
            code { "administrator.token" }
            " in the registry's data folder."
        }
    };
    framed(&Frame { title: "Sign in", here: "Sign in", ..Frame::default() }, content)
}
