namespace RoomWs.Server.Storage.Postgres;

/// <summary>Another node was faster, in a way of which no constraint of a table tells. The batch is run again.</summary>
internal sealed class LostRaceException() : Exception("Another node has made meanwhile what was looked for.");
