using RoomWs.Server.Storage.Batch;

namespace RoomWs.Server.Fanout;

/// <summary>What a batch of another node, or what a node has told of its users, has for this one.</summary>
/// <param name="Presence">Who has come and gone.</param>
/// <param name="GoneNode">The node that is gone, if one is.</param>
/// <param name="News">The changes that concern somebody here.</param>
internal sealed record ForeignBatch(IReadOnlyList<FeedPresence> Presence, string? GoneNode, IReadOnlyList<ForeignNews> News);
