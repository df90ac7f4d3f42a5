// Starts GraphiQL on the API of this server, with the cookie of whoever signed in.
const welcome = `# Everything of your organization hangs below \`organization\`.
# Press the play button, or Ctrl+Enter. If you belong to several, name
# one in the tab Headers below: {"Assay-Organization": "its-slug"}
query Start {
  viewer {
    email
    roles
  }
  organization {
    name
    jobRoles(first: 3) {
      nodes { id title }
    }
    reports(first: 5, orderBy: { field: SCORE }) {
      nodes { state percent band candidate { name } }
    }
  }
}
`;

// What is written in the tab Headers goes along; how the request is made stays ours.
const fetcher = async (request, { headers } = {}) => {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: {
      ...headers,
      'Content-Type': 'application/json',
      Accept: 'application/graphql-response+json',
      'X-Requested-With': 'GraphiQL',
    },
    body: JSON.stringify(request),
  });
  return response.json();
};

ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, { fetcher, defaultQuery: welcome, shouldPersistHeaders: false }),
);
