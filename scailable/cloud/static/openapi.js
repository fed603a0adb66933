"use strict";
// The document lies beside the page that loads this file. It names no server; what is tried out
// goes to the service that the page belongs to.
fetch("openapi.json")
  .then((reply) => reply.json())
  .then((spec) => {
    spec.servers = [{ url: location.pathname.replace(/\/[^/]*$/, "") }];
    SwaggerUIBundle({ spec, dom_id: "#document", deepLinking: true, validatorUrl: null });
  });
