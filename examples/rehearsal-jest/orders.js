const Aerospike = require("aerospike");

const keyOf = (id) => new Aerospike.Key("mydata", "orders", id);

/** Places an order: "accepted", "refused" (nothing was written, try again later) or "unknown" (look before trying again). */
exports.place = async (client, id) => {
  try {
    await client.put(keyOf(id), { id });
    return "accepted";
  } catch (error) {
    return error.inDoubt ? "unknown" : "refused";
  }
};

exports.isThere = (client, id) => client.exists(keyOf(id));
