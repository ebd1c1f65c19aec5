// Do what stdin asks for, with the AWS SDK for JavaScript; print as JSON what the SDK saw.

const { readFileSync } = require("node:fs");
const sdk = require("@aws-sdk/client-ecr");

async function main() {
  const { repositories, failing } = JSON.parse(readFileSync(0, "utf8"));
  const client = new sdk.ECRClient({});
  const created = [];
  for (const repositoryName of repositories) {
    const answer = await client.send(new sdk.CreateRepositoryCommand({ repositoryName }));
    created.push(answer.repository);
  }
  const pages = [];
  for await (const page of sdk.paginateDescribeRepositories({ client, pageSize: 2 }, {})) {
    pages.push(page.repositories.map((repository) => repository.repositoryName));
  }
  const errors = [];
  for (const [operation, input] of failing) {
    errors.push(await errorOf(client, new sdk[`${operation}Command`](input)));
  }
  console.log(JSON.stringify({ created, pages, errors }));
}

async function errorOf(client, command) {
  try {
    await client.send(command);
  } catch (error) {
    const known = error instanceof (sdk[error.name] ?? Error);
    const { name, message, $metadata } = error;
    return { name, message, status: $metadata.httpStatusCode, known };
  }
  throw new Error(`${command.constructor.name} did not fail`);
}

main();
