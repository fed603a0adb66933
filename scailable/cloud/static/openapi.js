"use strict";
// The document lies beside the page that loads this file.
SwaggerUIBundle({ url: "openapi.json", dom_id: "#document", deepLinking: true, validatorUrl: null });
