using System.Text.Json;
using System.Text.Json.Serialization;

namespace RoomWs.Server.Hosting.Health;

/// <summary>The body of an answer at /health.</summary>
/// <param name="Status">ok, failing or draining.</param>
/// <param name="Failed">The parts that did not answer: writer, reader, and feed where this node is cut off from what others commit. Only if failing.</param>
/// <param name="Connections">The number of open connections. Only if ok.</param>
/// <param name="Rooms">The number of rooms in use. Only if ok.</param>
internal sealed record HealthReport(string Status, IReadOnlyList<string>? Failed = null, int? Connections = null, int? Rooms = null)
{
    public static readonly HealthReport Draining = new("draining");

    [JsonIgnore]
    public bool IsOk => Failed is null && Status == "ok";

    public static HealthReport Ok(int connections, int rooms) => new("ok", Connections: connections, Rooms: rooms);

    public static HealthReport Failing(IReadOnlyList<string> failed) => new("failing", failed);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, HealthJson.Default.HealthReport);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class HealthJson : JsonSerializerContext;
