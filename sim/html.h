// SPDX-License-Identifier: Apache-2.0
#ifndef WEFT_SIM_HTML_H_
#define WEFT_SIM_HTML_H_

#include <string>

namespace weft {

// Text as it may stand in an element and in an attribute's quotes.
std::string EscapeHtml(const std::string& text);

}  // namespace weft

#endif  // WEFT_SIM_HTML_H_
