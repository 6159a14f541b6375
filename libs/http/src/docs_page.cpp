// The page that shows the API to people. Everything it needs is here; it reads
// the OpenAPI document and shows it by text nodes only.
#include "pitview/http/openapi.h"

namespace pitview::http {
namespace {

constexpr std::string_view kHtml = R"html(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>API</title>
<link rel="stylesheet" href="@PATH@/docs.css">
<script src="@PATH@/docs.js" data-spec="@SPEC@" defer></script>
<body>
<nav aria-label="Endpoints"></nav>
<main><p>Loading …</p><noscript>The document itself is at @SPEC@.</noscript></main>
</body>
</html>
)html";

constexpr std::string_view kCss =
    R"css(:root { color-scheme: light dark; --line: #8884; --soft: #8881; --link: #0b63c5; }
@media (prefers-color-scheme: dark) { :root { --link: #7db8ff; } }
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; display: grid; grid-template-columns: 20rem 1fr; }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem; border-right: 1px solid var(--line); }
nav h2 { font-size: .8rem; text-transform: uppercase; letter-spacing: .06em; margin: 1rem 0 .25rem; }
nav a { display: block; padding: .1rem 0; text-decoration: none; overflow-wrap: anywhere; font-size: .85rem; }
a { color: var(--link); }
main { padding: 1.5rem; max-width: 60rem; min-width: 0; }
section { border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: 1rem 0; scroll-margin-top: 1rem; }
section h3 { margin: 0 0 .25rem; font: 600 1rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
.method { display: inline-block; min-width: 3.6rem; font-weight: 700; }
h4 { margin: .9rem 0 .25rem; font-size: .85rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
td, th { text-align: left; padding: .25rem .75rem .25rem 0; border-top: 1px solid var(--line); vertical-align: top; }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
.soft { opacity: .75; }
@media (max-width: 50rem) { body { display: block; } nav { position: static; height: auto; border: 0; } }
)css";

constexpr std::string_view kJs = R"js('use strict';
const spec_url = document.currentScript.dataset.spec;

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

const name_of = (ref) => ref.split('/').pop();

// One schema as a short phrase, with links to the schemas it names.
function phrase(schema) {
  if (!schema) return ['nothing'];
  if (schema.$ref) return [el('a', { href: '#schema-' + name_of(schema.$ref) }, name_of(schema.$ref))];
  if (schema.anyOf) return schema.anyOf.flatMap((one, i) => (i ? [' or ', ...phrase(one)] : phrase(one)));
  if (schema.enum) return [schema.enum.map((one) => JSON.stringify(one)).join(' | ')];
  const types = [].concat(schema.type || 'anything');
  const parts = [];
  if (types.includes('array')) parts.push('list of ', ...phrase(schema.items));
  else if (schema.additionalProperties) parts.push('map of ', ...phrase(schema.additionalProperties));
  else parts.push(types.filter((one) => one !== 'null').join(' or '));
  const notes = [];
  if (schema.format) notes.push(schema.format);
  if ('minimum' in schema || 'maximum' in schema) notes.push((schema.minimum ?? '…') + ' to ' + (schema.maximum ?? '…'));
  if ('maxLength' in schema) notes.push((schema.minLength ?? 0) + ' to ' + schema.maxLength + ' characters');
  if (notes.length) parts.push(' (' + notes.join(', ') + ')');
  if (types.includes('null')) parts.push(' or null');
  return parts;
}

function table(rows) {
  return el('table', {}, ...rows.map(([name, what, note]) =>
    el('tr', {}, el('td', {}, el('code', {}, name)), el('td', {}, ...what), el('td', { class: 'soft' }, note || ''))));
}

function members(schema) {
  const required = new Set(schema.required || []);
  return table(Object.entries(schema.properties || {}).map(
    ([name, member]) => [name, phrase(member), required.has(name) ? '' : 'may be missing or null']));
}

function operation(method, path, op) {
  const node = el('section', { id: op.operationId },
    el('h3', {}, el('span', { class: 'method' }, method.toUpperCase()), ' ' + path), el('div', {}, op.summary || ''));
  if (op.description) node.append(el('p', { class: 'soft' }, op.description));
  if (op.security && op.security.length) node.append(el('p', { class: 'soft' }, 'Needs Authorization: Bearer <access token>.'));
  if (op.parameters) node.append(el('h4', {}, 'Parameters'),
    table(op.parameters.map((p) => [p.name, phrase(p.schema), p.in + (p.required ? ', required' : '')])));
  const body = op.requestBody && op.requestBody.content['application/json'];
  if (body) node.append(el('h4', {}, 'Body'), el('div', {}, ...phrase(body.schema)));
  node.append(el('h4', {}, 'Answers'), table(Object.entries(op.responses).map(([status, answer]) => {
    const media = Object.values(answer.content || {})[0];
    const is_problem = Number(status) >= 400;
    return [status, is_problem ? [answer.description] : media ? phrase(media.schema) : ['no body'], ''];
  })));
  return node;
}

function show(spec) {
  document.title = spec.info.title + ' API';
  const nav = document.querySelector('nav');
  const main = document.querySelector('main');
  main.replaceChildren(el('h1', {}, spec.info.title + ' API ' + spec.info.version),
    el('p', {}, spec.info.description || '', ' The document: ', el('a', { href: spec_url }, spec_url)));
  for (const tag of spec.tags || []) {
    nav.append(el('h2', {}, tag.name));
    main.append(el('h2', {}, tag.name));
    for (const [path, item] of Object.entries(spec.paths))
      for (const [method, op] of Object.entries(item)) {
        if (!op.tags.includes(tag.name)) continue;
        nav.append(el('a', { href: '#' + op.operationId }, method.toUpperCase() + ' ' + path));
        main.append(operation(method, path, op));
      }
  }
  nav.append(el('h2', {}, 'Schemas'));
  main.append(el('h2', {}, 'Schemas'));
  for (const [name, schema] of Object.entries(spec.components.schemas)) {
    nav.append(el('a', { href: '#schema-' + name }, name));
    main.append(el('section', { id: 'schema-' + name }, el('h3', {}, name),
      schema.enum ? el('div', {}, ...phrase(schema)) : members(schema)));
  }
  if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
}

fetch(spec_url)
  .then((response) => response.ok ? response.json() : Promise.reject(new Error('status ' + response.status)))
  .then(show)
  .catch((error) => document.querySelector('main').replaceChildren(
    el('p', { role: 'alert' }, 'The document could not be read: ' + error.message)));
)js";

std::string filled_in(std::string_view text, std::string_view path, std::string_view spec) {
  std::string out;
  while (!text.empty()) {
    const auto at = text.find('@');
    out.append(text.substr(0, at));
    if (at == std::string_view::npos) break;
    text.remove_prefix(at);
    const bool is_path = text.starts_with("@PATH@");
    out.append(is_path ? path : spec);
    text.remove_prefix(6);  // both marks are as long
  }
  return out;
}

Awaitable<Response> send(const Response& page) { co_return page; }

void add_page(Router& router, std::string path, std::string content_type, std::string body) {
  Response page{200, std::move(content_type), {}, {{"Cache-Control", "no-cache"}}};
  page.shared_body = std::make_shared<const std::string>(std::move(body));
  router.add(Method::get, std::move(path), [page = std::move(page)](const Request&) { return send(page); });
}

}  // namespace

void add_docs_page(Router& router, const std::string& path, const std::string& spec_url) {
  add_page(router, path, "text/html; charset=utf-8", filled_in(kHtml, path, spec_url));
  add_page(router, path + "/docs.css", "text/css; charset=utf-8", std::string(kCss));
  add_page(router, path + "/docs.js", "text/javascript; charset=utf-8", std::string(kJs));
}

}  // namespace pitview::http
