// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "adapters/aws/http_client.h"
#include "adapters/language/prompt.h"
#include "adapters/language/second_try.h"
#include "adapters/openai/ladder.h"
#include "ports/analyst.h"

// What goes to /chat/completions, as OpenAI has it and many servers besides, and what comes back. Pure.
namespace handrail::openai {

std::string request_of(const language::Prompt& prompt, const core::AnalystRules& rules, const std::string& model,
                       int max_tokens, Manner manner);

// What a tool was called with, or else the text of the first choice. kCorrupt: it was cut off, or is something else.
Result<Analyst::Answer> answer_in(std::string_view body, const std::string& model);

// A reply of another status than 200. `secret`: what must not be in the message.
language::Refusal refusal_of(const aws::HttpReply& reply, std::string_view secret);

// Whether the server refuses how the answer's form was asked for, not the request as such.
bool is_about_form(const aws::HttpReply& reply);

// Whether it refuses max_tokens or a temperature as such, whatever their values.
bool is_about_bounds(const aws::HttpReply& reply);

// Whether a reply to GET /props is llama.cpp's server's, which takes grammars; also behind a proxy.
bool is_of_llama_cpp(const aws::HttpReply& reply);

}  // namespace handrail::openai
